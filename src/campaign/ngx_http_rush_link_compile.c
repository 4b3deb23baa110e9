
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A link of JSON members becomes one piece of memory without pointers, in the
 * pool of the definition; and its members become the JSON that Redis keeps.
 */


#include "campaign/ngx_http_rush_draft.h"


static ngx_int_t ngx_http_rush_link_whole(ngx_http_rush_definition_t *def);
static ngx_uint_t ngx_http_rush_link_nul(ngx_http_rush_datum_t *datum);
static ngx_int_t ngx_http_rush_link_draft(ngx_http_rush_draft_t *draft,
    ngx_str_t *json);
static ngx_int_t ngx_http_rush_link_make(ngx_http_rush_draft_t *draft,
    ngx_http_rush_link_t **link);
static void ngx_http_rush_link_relocate(ngx_http_rush_link_t *link,
    size_t base);
static ngx_int_t ngx_http_rush_link_write(ngx_http_rush_definition_t *def,
    ngx_uint_t nulls, ngx_str_t *json);
static void ngx_http_rush_link_print(yajl_gen gen,
    ngx_http_rush_datum_t *datum);

static ngx_int_t ngx_http_rush_link_max(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_int_t ngx_http_rush_link_query(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_int_t ngx_http_rush_link_status(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


static ngx_http_rush_draft_member_t  ngx_http_rush_link_members[] = {

    { "rules", ngx_http_rush_draft_set_rules, 0, 0, 0, NULL },

    { "fallback", ngx_http_rush_draft_set_target,
      offsetof(ngx_http_rush_link_t, fallback), 0, 0, NULL },

    { "starts", ngx_http_rush_draft_set_time,
      offsetof(ngx_http_rush_link_t, starts), 0, 0, NULL },

    { "ends", ngx_http_rush_draft_set_time,
      offsetof(ngx_http_rush_link_t, ends), 0, 0, NULL },

    { "before", ngx_http_rush_draft_set_target,
      offsetof(ngx_http_rush_link_t, before), 0, 0, NULL },

    { "after", ngx_http_rush_draft_set_target,
      offsetof(ngx_http_rush_link_t, after), 0, 0, NULL },

    { "max", ngx_http_rush_link_max, 0, 0, NGX_HTTP_RUSH_LINK_CAP, NULL },

    { "ref", ngx_http_rush_draft_set_id,
      offsetof(ngx_http_rush_link_t, ref), 0, 0, NULL },

    { "bind", ngx_http_rush_draft_set_id,
      offsetof(ngx_http_rush_link_t, bind), 0, 0, NULL },

    { "claim", ngx_http_rush_draft_set_id,
      offsetof(ngx_http_rush_link_t, claim), 0, 0, NULL },

    { "query", ngx_http_rush_link_query, 0, 0, 0, "pass|drop" },

    { "status", ngx_http_rush_link_status, 0, 0, 0, NULL },

    { NULL, NULL, 0, 0, 0, NULL }
};


static ngx_str_t  ngx_http_rush_link_code = ngx_string("code");
static ngx_str_t  ngx_http_rush_link_refs = ngx_string("refs");


ngx_int_t
ngx_http_rush_link_compile(ngx_http_rush_definition_t *def,
    ngx_http_rush_link_env_t *env, ngx_http_rush_link_t **link)
{
    ngx_int_t              rc;
    ngx_str_t              json;
    ngx_http_rush_draft_t  draft;

    rc = ngx_http_rush_link_whole(def);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_rush_link_write(def, 1, &json);
    if (rc != NGX_OK) {
        return rc;
    }

    ngx_memzero(&draft, sizeof(ngx_http_rush_draft_t));

    draft.def = def;
    draft.env = env;
    draft.size = sizeof(ngx_http_rush_link_t);
    draft.link.status = 302;
    draft.link.fallback = NGX_HTTP_RUSH_LINK_NONE;
    draft.link.before = NGX_HTTP_RUSH_LINK_NONE;
    draft.link.after = NGX_HTTP_RUSH_LINK_NONE;

    draft.texts.data = ngx_pnalloc(def->pool, json.len
                                           + ngx_http_rush_link_refs.len);

    if (draft.texts.data == NULL
        || ngx_array_init(&draft.rules, def->pool, 4,
                          sizeof(ngx_http_rush_rule_t))
           != NGX_OK
        || ngx_array_init(&draft.targets, def->pool, 4,
                          sizeof(ngx_http_rush_target_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_rush_link_draft(&draft, &json);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_rush_link_make(&draft, link);
}


/* the tree of yajl has strings that end with the first NUL */

static ngx_int_t
ngx_http_rush_link_whole(ngx_http_rush_definition_t *def)
{
    ngx_uint_t  i;

    for (i = 0; i < def->n; i++) {
        if (ngx_http_rush_link_nul(&def->members[i])) {
            return ngx_http_rush_definition_error(def, &def->members[i].name,
                                       "must not have \\u0000 in its text");
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_rush_link_nul(ngx_http_rush_datum_t *datum)
{
    u_char  *p, *last;

    last = datum->name.data + datum->name.len;

    if (ngx_strlchr(datum->name.data, last, '\0')) {
        return 1;
    }

    p = datum->text.data;
    last = p + datum->text.len;

    if (datum->type == ngx_http_rush_datum_string) {
        return ngx_strlchr(p, last, '\0') != NULL;
    }

    while (p < last) {
        p = ngx_strlchr(p, last, '\\');

        if (p == NULL) {
            return 0;
        }

        if (last - p >= 6 && ngx_memcmp(p, "\\u0000", 6) == 0) {
            return 1;
        }

        /* what is escaped may be a backslash */
        p += 2;
    }

    return 0;
}


static ngx_int_t
ngx_http_rush_link_draft(ngx_http_rush_draft_t *draft, ngx_str_t *json)
{
    yajl_val    tree;
    ngx_int_t   rc;
    ngx_uint_t  seen;

    tree = yajl_tree_parse((char *) json->data, NULL, 0);
    if (tree == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_rush_draft_object(draft, ngx_http_rush_link_members, tree,
                                    &draft->link, &seen);
    yajl_tree_free(tree);

    if (rc != NGX_OK) {
        return rc;
    }

    if (draft->rules.nelts == 0
        && draft->link.fallback == NGX_HTTP_RUSH_LINK_NONE)
    {
        return ngx_http_rush_draft_refuse(draft, "fallback", "must be there "
                                          "if a link has no rules");
    }

    if (draft->link.ref.len && draft->link.bind.len == 0) {
        return ngx_http_rush_draft_text(draft, "bind",
                                        &ngx_http_rush_link_refs,
                                        &draft->link.bind);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_link_make(ngx_http_rush_draft_t *draft,
    ngx_http_rush_link_t **link)
{
    u_char                *p;
    ngx_http_rush_link_t  *l;

    l = ngx_palloc(draft->def->pool, draft->size);
    if (l == NULL) {
        return NGX_ERROR;
    }

    draft->link.size = (uint32_t) draft->size;
    draft->link.nrules = (uint16_t) draft->rules.nelts;
    draft->link.ntargets = (uint16_t) draft->targets.nelts;

    p = ngx_cpymem(l, &draft->link, sizeof(ngx_http_rush_link_t));
    p = ngx_cpymem(p, draft->rules.elts,
                   draft->rules.nelts * sizeof(ngx_http_rush_rule_t));
    p = ngx_cpymem(p, draft->targets.elts,
                   draft->targets.nelts * sizeof(ngx_http_rush_target_t));

    (void) ngx_cpymem(p, draft->texts.data, draft->texts.len);

    ngx_http_rush_link_relocate(l, p - (u_char *) l);

    *link = l;

    return NGX_OK;
}


/* offsets count from the link, and no longer from the first text */

static void
ngx_http_rush_link_relocate(ngx_http_rush_link_t *link, size_t base)
{
    ngx_uint_t               i;
    ngx_http_rush_rule_t    *rule;
    ngx_http_rush_target_t  *target;

    link->ref.off += (uint16_t) base;
    link->bind.off += (uint16_t) base;
    link->claim.off += (uint16_t) base;

    rule = ngx_http_rush_link_rules(link);

    for (i = 0; i < link->nrules; i++) {
        rule[i].member.off += (uint16_t) base;
        rule[i].name.off += (uint16_t) base;
        rule[i].is.off += (uint16_t) base;
    }

    target = ngx_http_rush_link_targets(link);

    for (i = 0; i < link->ntargets; i++) {
        target[i].to.off += (uint16_t) base;
        target[i].host.off += (uint16_t) base;
    }
}


ngx_int_t
ngx_http_rush_link_json(ngx_http_rush_definition_t *def, ngx_str_t *json)
{
    return ngx_http_rush_link_write(def, 0, json);
}


/*
 * nulls: members that are not there, too, so that they are checked by name.
 * A NUL is behind the text.
 */

static ngx_int_t
ngx_http_rush_link_write(ngx_http_rush_definition_t *def, ngx_uint_t nulls,
    ngx_str_t *json)
{
    size_t                len;
    yajl_gen              gen;
    ngx_int_t             rc;
    ngx_uint_t            i;
    const unsigned char  *data;

    gen = yajl_gen_alloc(NULL);
    if (gen == NULL) {
        return NGX_ERROR;
    }

    yajl_gen_map_open(gen);

    for (i = 0; i < def->n; i++) {
        if (nulls || def->members[i].type != ngx_http_rush_datum_null) {
            ngx_http_rush_link_print(gen, &def->members[i]);
        }
    }

    yajl_gen_map_close(gen);

    rc = NGX_ERROR;

    if (yajl_gen_get_buf(gen, &data, &len) == yajl_gen_status_ok) {
        json->len = len;
        json->data = ngx_pnalloc(def->pool, len + 1);

        if (json->data) {
            *ngx_cpymem(json->data, data, len) = '\0';
            rc = NGX_OK;
        }
    }

    yajl_gen_free(gen);

    return rc;
}


static void
ngx_http_rush_link_print(yajl_gen gen, ngx_http_rush_datum_t *datum)
{
    if (datum->name.len == ngx_http_rush_link_code.len
        && ngx_memcmp(datum->name.data, ngx_http_rush_link_code.data,
                      datum->name.len)
           == 0)
    {
        return;
    }

    yajl_gen_string(gen, datum->name.data, datum->name.len);

    if (datum->type == ngx_http_rush_datum_string) {
        yajl_gen_string(gen, datum->text.data, datum->text.len);

    } else {
        yajl_gen_number(gen, (char *) datum->text.data, datum->text.len);
    }
}


static ngx_int_t
ngx_http_rush_link_max(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_link_t *link = conf;

    return ngx_http_rush_draft_number(draft, member,
                                      ngx_http_rush_member_integer, json,
                                      &link->max);
}


static ngx_int_t
ngx_http_rush_link_query(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_link_t *link = conf;

    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_rush_draft_value(draft, member, ngx_http_rush_member_choice,
                                   json, &value);
    if (rc != NGX_OK) {
        return rc;
    }

    link->pass = (value.data[0] == 'p');

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_link_status(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_link_t *link = conf;

    int64_t    n;
    ngx_str_t  value;

    if (YAJL_IS_NUMBER(json)) {
        value.data = (u_char *) json->u.number.r;
        value.len = ngx_strlen(value.data);

        if (ngx_http_rush_look_number(&value, &n) == NGX_OK
            && ((n >= 301 && n <= 303) || n == 307 || n == 308))
        {
            link->status = (uint16_t) n;
            return NGX_OK;
        }
    }

    return ngx_http_rush_draft_refuse(draft, member->name, "must be 301, 302, "
                                      "303, 307 or 308");
}
