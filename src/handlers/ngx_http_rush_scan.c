
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_scan: find the link, see whether it is its time, try the rules, bind the
 * user to who brought him, claim, and lead him on.
 */


#include "handlers/ngx_http_rush_scan.h"


static ngx_int_t ngx_http_rush_scan_start(ngx_http_request_t *r,
    ngx_http_rush_ctx_t *ctx, ngx_http_rush_loc_conf_t *rlcf);
static ngx_int_t ngx_http_rush_scan_run(ngx_http_rush_visit_t *visit);
static void ngx_http_rush_scan_resume(ngx_http_rush_query_t *query);
static ngx_int_t ngx_http_rush_scan_found(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_counted(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_outside(ngx_http_rush_visit_t *visit,
    ngx_uint_t target, char *word);
static ngx_int_t ngx_http_rush_scan_bound(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_claim(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_fields(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_claimed(ngx_http_rush_visit_t *visit);


const ngx_http_rush_handler_t  ngx_http_rush_scan_handler = {
    .directive = ngx_string("rush_scan"),
    .handler = ngx_http_rush_scan_start,
    .answer = ngx_http_rush_scan_answer,
    .methods = NGX_HTTP_GET|NGX_HTTP_HEAD,
    .allow = ngx_string("GET, HEAD"),
    .scan = 1
};


static ngx_int_t
ngx_http_rush_scan_start(ngx_http_request_t *r, ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_loc_conf_t *rlcf)
{
    ngx_int_t               rc;
    ngx_http_rush_visit_t  *visit;

    visit = ngx_pcalloc(r->pool, sizeof(ngx_http_rush_visit_t));
    if (visit == NULL) {
        return NGX_ERROR;
    }

    visit->request = r;
    visit->ctx = ctx;

    visit->scan.query = &ctx->query;
    visit->scan.env = &ctx->main->env;
    visit->scan.stale = rlcf->scan_stale;

    /* empty, and not NULL: it is copied */
    ngx_str_set(&visit->visitor, "");

    ctx->visit = visit;
    ctx->query.scan = &visit->scan;
    ctx->query.handler = ngx_http_rush_scan_resume;

    ngx_str_set(&visit->claim, "");

    rc = ngx_http_rush_scan_input(visit);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    visit->step = ngx_http_rush_scan_found;

    rc = ngx_http_rush_scan_wait(visit, ngx_http_rush_link_get(&visit->scan));

    if (rc == NGX_OK) {
        rc = ngx_http_rush_scan_run(visit);
    }

    return rc == NGX_DONE ? NGX_OK : rc;
}


static ngx_int_t
ngx_http_rush_scan_run(ngx_http_rush_visit_t *visit)
{
    ngx_int_t  rc;

    do {
        rc = visit->step(visit);
    } while (rc == NGX_OK);

    return rc;
}


/* Redis has answered what a step asked */

static void
ngx_http_rush_scan_resume(ngx_http_rush_query_t *query)
{
    ngx_int_t             rc;
    ngx_http_rush_ctx_t  *ctx;

    ctx = query->data;

    ctx->waiting = 0;

    rc = ngx_http_rush_scan_run(ctx->visit);

    if (rc == NGX_AGAIN) {
        ctx->waiting = 1;
        return;
    }

    ngx_http_rush_resume(ctx, rc == NGX_DONE ? NGX_OK : NGX_ERROR);
}


/* the step that comes next looks at scan.rc */

ngx_int_t
ngx_http_rush_scan_wait(ngx_http_rush_visit_t *visit, ngx_int_t rc)
{
    if (rc == NGX_AGAIN) {
        visit->ctx->asked = 1;
        return NGX_AGAIN;
    }

    visit->scan.rc = rc;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_scan_end(ngx_http_rush_visit_t *visit, char *line)
{
    visit->ctx->query.line.data = (u_char *) line;
    visit->ctx->query.line.len = ngx_strlen(line);

    return NGX_DONE;
}


ngx_int_t
ngx_http_rush_scan_unknown(ngx_http_rush_visit_t *visit)
{
    return ngx_http_rush_scan_end(visit, visit->scan.rc == NGX_BUSY
                                         ? "busy" : "pending");
}


static ngx_int_t
ngx_http_rush_scan_found(ngx_http_rush_visit_t *visit)
{
    u_char                *p;
    int64_t                now;
    ngx_http_rush_link_t  *link;

    if (visit->scan.rc == NGX_DECLINED) {
        return ngx_http_rush_scan_end(visit, "unknown");
    }

    if (visit->scan.rc != NGX_OK) {
        return ngx_http_rush_scan_unknown(visit);
    }

    link = visit->scan.link;
    now = visit->ctx->query.now;

    if (link->ref.len) {
        /* who scans does not say who brought him */
        ngx_http_rush_link_text(link, link->ref, &visit->ctx->ref);
    }

    if (now < link->starts) {
        p = ngx_pnalloc(visit->request->pool, 32 + NGX_INT64_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        ngx_sprintf(p, "early\tstarts:%L%Z", link->starts);

        return ngx_http_rush_scan_outside(visit, link->before, (char *) p);
    }

    if (link->ends && now >= link->ends) {
        return ngx_http_rush_scan_outside(visit, link->after, "ended");
    }

    if (link->max && visit->scan.spent) {
        return ngx_http_rush_scan_over(visit);
    }

    visit->admitted = (link->max == 0);
    visit->step = ngx_http_rush_scan_rules;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_scan_over(ngx_http_rush_visit_t *visit)
{
    return ngx_http_rush_scan_outside(visit, visit->scan.link->after, "ended");
}


static ngx_int_t
ngx_http_rush_scan_counted(ngx_http_rush_visit_t *visit)
{
    if (visit->scan.rc == NGX_ABORT) {
        return ngx_http_rush_scan_over(visit);
    }

    if (visit->scan.rc != NGX_OK) {
        return ngx_http_rush_scan_unknown(visit);
    }

    visit->admitted = 1;
    visit->step = ngx_http_rush_scan_chosen;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_scan_outside(ngx_http_rush_visit_t *visit, ngx_uint_t target,
    char *word)
{
    ngx_http_rush_link_t  *link;

    link = visit->scan.link;

    if (target == NGX_HTTP_RUSH_LINK_NONE) {
        target = link->fallback;
    }

    if (target == NGX_HTTP_RUSH_LINK_NONE) {
        return ngx_http_rush_scan_end(visit, word);
    }

    visit->target = &ngx_http_rush_link_targets(link)[target];

    /* nobody is bound, and nothing claimed, where the link is not open */
    visit->step = ngx_http_rush_scan_target;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_scan_chosen(ngx_http_rush_visit_t *visit)
{
    ngx_str_t              book;
    ngx_http_rush_ctx_t   *ctx;
    ngx_http_rush_link_t  *link;

    ctx = visit->ctx;
    link = visit->scan.link;

    if (!visit->admitted) {
        visit->step = ngx_http_rush_scan_counted;

        return ngx_http_rush_scan_wait(visit,
                   ngx_http_rush_link_pick(&visit->scan, NULL, link->max,
                                           &ctx->user, visit->quiet));
    }

    visit->step = ngx_http_rush_scan_claim;

    if (visit->quiet || ctx->user.len == 0 || ctx->ref.len == 0
        || link->bind.len == 0)
    {
        return NGX_OK;
    }

    ngx_http_rush_link_text(link, link->bind, &book);

    visit->step = ngx_http_rush_scan_bound;

    return ngx_http_rush_scan_wait(visit,
               ngx_http_rush_link_bind(&visit->scan, &book, &ctx->user,
                                       &ctx->ref));
}


static ngx_int_t
ngx_http_rush_scan_bound(ngx_http_rush_visit_t *visit)
{
    if (visit->scan.rc != NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, visit->request->connection->log, 0,
                      "nobody knows whether the user of link \"%V\" is bound "
                      "to \"%V\": the next scan of his will",
                      &visit->scan.code, &visit->ctx->ref);
    }

    visit->step = ngx_http_rush_scan_claim;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_scan_claim(ngx_http_rush_visit_t *visit)
{
    ngx_http_rush_ctx_t   *ctx;
    ngx_http_rush_key_t   *key;
    ngx_http_rush_link_t  *link;

    ctx = visit->ctx;
    link = visit->scan.link;

    visit->step = ngx_http_rush_scan_target;

    if (visit->quiet || link->claim.len == 0) {
        return NGX_OK;
    }

    if (ctx->user.len == 0) {
        ngx_str_set(&visit->claim, "anonymous");
        return NGX_OK;
    }

    if (ctx->conf->keys == NULL) {
        ngx_log_error(NGX_LOG_ERR, visit->request->connection->log, 0,
                      "link \"%V\" claims, and that needs "
                      "\"rush_secret_file\" where \"rush_scan\" is",
                      &visit->scan.code);
        ngx_str_set(&visit->claim, "pending");
        return NGX_OK;
    }

    key = ctx->conf->keys->keys.elts;

    ngx_http_rush_link_text(link, link->claim, &ctx->campaign);

    ctx->query.op = ngx_http_rush_op_claim;
    ctx->query.kid = key->id;
    ctx->query.units = 1;
    ctx->query.id = ctx->campaign;
    ctx->query.item = ctx->item;
    ctx->query.call.user = ctx->user;

    if (ngx_http_rush_scan_fields(visit) != NGX_OK) {
        return NGX_ERROR;
    }

    visit->step = ngx_http_rush_scan_claimed;

    return ngx_http_rush_scan_wait(visit, ngx_http_rush_query(&ctx->query));
}


/* the code is the idempotency key: who scans again has the same ticket */

static ngx_int_t
ngx_http_rush_scan_fields(ngx_http_rush_visit_t *visit)
{
    u_char               *p;
    ngx_str_t             hash, *fields;
    ngx_http_rush_ctx_t  *ctx;

    ctx = visit->ctx;
    fields = &ctx->query.call.fields;

    if (ngx_http_rush_input_hash(visit->request, &visit->scan.code, &hash)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(visit->request->pool, hash.len + ctx->ref.len + 5);
    if (p == NULL) {
        return NGX_ERROR;
    }

    fields->data = p;
    fields->len = ngx_sprintf(p, "1\t\t%V\t%V\t", &hash, &ctx->ref) - p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_scan_claimed(ngx_http_rush_visit_t *visit)
{
    ngx_http_rush_ctx_t  *ctx;

    ctx = visit->ctx;

    if (ngx_http_rush_answer_parse(visit->request, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_rush_count(&ctx->query, ctx->outcome - ngx_http_rush_outcomes);

    visit->claim = ctx->outcome->word;

    /* what is still to come is the answer of the scan */

    ctx->done = 0;
    ctx->nwon = 0;
    ngx_str_null(&ctx->attributes);
    ngx_str_null(&ctx->tickets);

    visit->step = ngx_http_rush_scan_target;

    return NGX_OK;
}


void
ngx_http_rush_link_env(ngx_http_rush_ctx_t *ctx,
    ngx_http_rush_link_env_t *env)
{
    ngx_http_rush_loc_conf_t  *rlcf;

    rlcf = ctx->conf;

    ngx_memzero(env, sizeof(ngx_http_rush_link_env_t));

    env->clients = &ctx->main->clients;
    env->vars = rlcf->scan_vars ? rlcf->scan_vars : &ctx->main->vars;
    env->hosts = rlcf->scan_hosts ? rlcf->scan_hosts : &ctx->main->hosts;

    if (env->hosts->nelts == 0) {
        /* nothing here scans: checked where it is scanned */
        env->hosts = NULL;
    }
}
