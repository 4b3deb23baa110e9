
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The rules of a link, one after the other, and pools that need no Redis.
 */


#include "handlers/ngx_http_rush_scan.h"


static ngx_int_t ngx_http_rush_scan_fits(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule);
static ngx_int_t ngx_http_rush_scan_value(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule);
static ngx_int_t ngx_http_rush_scan_var(ngx_http_rush_visit_t *visit,
    ngx_str_t *name, ngx_str_t *value);
static ngx_int_t ngx_http_rush_scan_tagged(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_pool(ngx_http_rush_visit_t *visit);
static ngx_int_t ngx_http_rush_scan_picked(ngx_http_rush_visit_t *visit);
static ngx_http_rush_target_t *ngx_http_rush_scan_pick(
    ngx_http_rush_visit_t *visit, ngx_http_rush_rule_t *rule);
static ngx_uint_t ngx_http_rush_scan_alive(ngx_http_rush_target_t *target,
    int64_t now);
static ngx_http_rush_target_t *ngx_http_rush_scan_weighted(
    ngx_http_rush_visit_t *visit, ngx_http_rush_rule_t *rule, ngx_uint_t n);
static ngx_http_rush_target_t *ngx_http_rush_scan_hashed(
    ngx_http_rush_visit_t *visit, ngx_http_rush_rule_t *rule);


#define ngx_http_rush_scan_rule(visit)                                        \
    (&ngx_http_rush_link_rules((visit)->scan.link)[(visit)->rule])


/* a step; visit->rule is the next one to be tried */

ngx_int_t
ngx_http_rush_scan_rules(ngx_http_rush_visit_t *visit)
{
    ngx_int_t              rc;
    ngx_str_t              tag;
    ngx_http_rush_link_t  *link;
    ngx_http_rush_rule_t  *rule;

    link = visit->scan.link;

    for ( /* void */ ; visit->rule < link->nrules; visit->rule++) {

        rule = ngx_http_rush_scan_rule(visit);
        rc = ngx_http_rush_scan_fits(visit, rule);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED) {
            continue;
        }

        if (rule->member.len == 0) {
            visit->step = ngx_http_rush_scan_pool;
            return NGX_OK;
        }

        if (visit->ctx->user.len) {
            ngx_http_rush_link_text(link, rule->member, &tag);

            visit->step = ngx_http_rush_scan_tagged;

            return ngx_http_rush_scan_wait(visit,
                       ngx_http_rush_link_tagged(&visit->scan,
                                                 &visit->ctx->user, &tag));
        }
    }

    if (link->fallback == NGX_HTTP_RUSH_LINK_NONE) {
        return ngx_http_rush_scan_end(visit, "unknown");
    }

    visit->target = &ngx_http_rush_link_targets(link)[link->fallback];
    visit->step = ngx_http_rush_scan_chosen;

    return NGX_OK;
}


/* all that can be seen from here; NGX_DECLINED: it does not fit */

static ngx_int_t
ngx_http_rush_scan_fits(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule)
{
    int64_t  now;

    now = visit->ctx->query.now;

    if (!rule->any && !(rule->clients & (1U << visit->client->bit))) {
        return NGX_DECLINED;
    }

    if (now < rule->from || (rule->until && now >= rule->until)) {
        return NGX_DECLINED;
    }

    return rule->name.len ? ngx_http_rush_scan_value(visit, rule) : NGX_OK;
}


static ngx_int_t
ngx_http_rush_scan_value(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule)
{
    u_char     *p, *last, *eol;
    ngx_int_t   rc;
    ngx_str_t   name, is, value;

    ngx_http_rush_link_text(visit->scan.link, rule->name, &name);
    ngx_http_rush_link_text(visit->scan.link, rule->is, &is);

    rc = rule->var ? ngx_http_rush_scan_var(visit, &name, &value)
                   : ngx_http_rush_scan_arg(visit, &name, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    last = is.data + is.len;

    for (p = is.data; p < last; p = eol + 1) {

        eol = ngx_strlchr(p, last, LF);
        if (eol == NULL) {
            break;
        }

        if ((size_t) (eol - p) == value.len
            && ngx_memcmp(p, value.data, value.len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


/* one that rush_scan_vars does not name is not there */

static ngx_int_t
ngx_http_rush_scan_var(ngx_http_rush_visit_t *visit, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_str_t                  *var;
    ngx_int_t                  *index;
    ngx_uint_t                  i;
    ngx_http_variable_value_t  *vv;
    ngx_http_rush_loc_conf_t   *rlcf;

    rlcf = visit->ctx->conf;

    if (rlcf->scan_vars == NULL) {
        return NGX_DECLINED;
    }

    var = rlcf->scan_vars->elts;
    index = rlcf->scan_indexes->elts;

    for (i = 0; i < rlcf->scan_vars->nelts; i++) {

        if (var[i].len != name->len
            || ngx_strncmp(var[i].data, name->data, name->len) != 0)
        {
            continue;
        }

        vv = ngx_http_get_flushed_variable(visit->request, index[i]);

        if (vv == NULL || vv->not_found) {
            return NGX_DECLINED;
        }

        value->data = vv->data;
        value->len = vv->len;

        return NGX_OK;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_rush_scan_tagged(ngx_http_rush_visit_t *visit)
{
    if (visit->scan.rc == NGX_OK) {
        visit->step = ngx_http_rush_scan_pool;
        return NGX_OK;
    }

    if (visit->scan.rc != NGX_DECLINED
        && visit->ctx->conf->outage == NGX_HTTP_RUSH_OUTAGE_CLOSED)
    {
        return ngx_http_rush_scan_unknown(visit);
    }

    visit->rule++;
    visit->step = ngx_http_rush_scan_rules;

    return NGX_OK;
}


/* a step: the rule fits, if its pool has something */

static ngx_int_t
ngx_http_rush_scan_pool(ngx_http_rush_visit_t *visit)
{
    ngx_http_rush_rule_t  *rule;

    rule = ngx_http_rush_scan_rule(visit);

    if (rule->sticky && ngx_http_rush_scan_visitor(visit) != NGX_OK) {
        return NGX_ERROR;
    }

    visit->step = ngx_http_rush_scan_picked;

    if (rule->capped) {
        return ngx_http_rush_scan_wait(visit,
                   ngx_http_rush_link_pick(&visit->scan, rule,
                                           visit->scan.link->max,
                                           &visit->visitor, visit->quiet));
    }

    visit->target = ngx_http_rush_scan_pick(visit, rule);
    visit->scan.rc = visit->target ? NGX_OK : NGX_DECLINED;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_scan_picked(ngx_http_rush_visit_t *visit)
{
    ngx_uint_t               i;
    ngx_http_rush_rule_t    *rule;
    ngx_http_rush_target_t  *target;

    if (visit->scan.rc == NGX_ABORT) {
        return ngx_http_rush_scan_over(visit);
    }

    if (visit->scan.rc != NGX_OK) {
        /* as for a tag */
        return ngx_http_rush_scan_tagged(visit);
    }

    rule = ngx_http_rush_scan_rule(visit);
    target = &ngx_http_rush_link_targets(visit->scan.link)[rule->first];

    for (i = 0; rule->capped && i < rule->n; i++) {
        if (ngx_memcmp(target[i].id, visit->scan.picked.data,
                       NGX_HTTP_RUSH_TARGET_ID)
            == 0)
        {
            visit->target = &target[i];
            break;
        }
    }

    if (visit->target == NULL) {
        visit->scan.rc = NGX_ERROR;
        return ngx_http_rush_scan_unknown(visit);
    }

    /* together with a place that has a cap, the scan was counted */

    visit->admitted |= rule->capped;
    visit->step = ngx_http_rush_scan_chosen;

    return NGX_OK;
}


/* NULL: none is left */

static ngx_http_rush_target_t *
ngx_http_rush_scan_pick(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule)
{
    int64_t                  now;
    ngx_uint_t               i, n, sum;
    ngx_http_rush_target_t  *target;

    now = visit->ctx->query.now;
    target = &ngx_http_rush_link_targets(visit->scan.link)[rule->first];
    sum = 0;

    for (i = 0; i < rule->n; i++) {

        if (!ngx_http_rush_scan_alive(&target[i], now)) {
            continue;
        }

        if (rule->pick == ngx_http_rush_pick_fill) {
            return &target[i];
        }

        sum += (rule->pick == ngx_http_rush_pick_weight) ? target[i].weight
                                                         : 1;
    }

    if (sum == 0) {
        return NULL;
    }

    if (rule->sticky) {
        return ngx_http_rush_scan_hashed(visit, rule);
    }

    if (rule->pick == ngx_http_rush_pick_weight || visit->quiet) {
        n = ngx_random();

    } else {
        n = ngx_http_rush_link_turn(visit->scan.query->place,
                                    &visit->scan.code, visit->rule);
    }

    return ngx_http_rush_scan_weighted(visit, rule, n % sum);
}


static ngx_uint_t
ngx_http_rush_scan_alive(ngx_http_rush_target_t *target, int64_t now)
{
    return target->until == 0 || now < target->until;
}


/* the one where n falls, if each takes as much as it weighs */

static ngx_http_rush_target_t *
ngx_http_rush_scan_weighted(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule, ngx_uint_t n)
{
    ngx_uint_t               i, weight;
    ngx_http_rush_target_t  *target;

    target = &ngx_http_rush_link_targets(visit->scan.link)[rule->first];

    for (i = 0; i < rule->n; i++) {

        if (!ngx_http_rush_scan_alive(&target[i], visit->ctx->query.now)) {
            continue;
        }

        weight = (rule->pick == ngx_http_rush_pick_weight) ? target[i].weight
                                                           : 1;
        if (n < weight) {
            return &target[i];
        }

        n -= weight;
    }

    return NULL;
}


/*
 * Rendezvous hashing: each target draws as many numbers as it weighs, and the
 * highest has the visitor.  If a target goes, only its own visitors move.
 */

static ngx_http_rush_target_t *
ngx_http_rush_scan_hashed(ngx_http_rush_visit_t *visit,
    ngx_http_rush_rule_t *rule)
{
    uint64_t                 hash, draw, best;
    ngx_str_t                id;
    ngx_uint_t               i, w, weight;
    ngx_http_rush_target_t  *target, *first;

    target = &ngx_http_rush_link_targets(visit->scan.link)[rule->first];
    first = NULL;
    best = 0;

    for (i = 0; i < rule->n; i++) {

        if (!ngx_http_rush_scan_alive(&target[i], visit->ctx->query.now)) {
            continue;
        }

        id.data = target[i].id;
        id.len = NGX_HTTP_RUSH_TARGET_ID;

        hash = ngx_http_rush_hash(NGX_HTTP_RUSH_HASH, &visit->visitor);
        hash = ngx_http_rush_hash(hash, &id);

        weight = (rule->pick == ngx_http_rush_pick_weight) ? target[i].weight
                                                           : 1;

        for (w = 1; w <= weight; w++) {

            /* the finalizer of MurmurHash3, which is in the public domain */

            draw = hash + w * 0x9e3779b97f4a7c15ULL;
            draw = (draw ^ (draw >> 33)) * 0xff51afd7ed558ccdULL;
            draw = (draw ^ (draw >> 33)) * 0xc4ceb9fe1a85ec53ULL;
            draw ^= draw >> 33;

            if (first == NULL || draw > best) {
                first = &target[i];
                best = draw;
            }
        }
    }

    return first;
}
