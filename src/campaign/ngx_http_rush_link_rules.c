
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Rules of a link: what they may have, and what goes together.
 */


#include "campaign/ngx_http_rush_draft.h"


static ngx_int_t ngx_http_rush_rules_one(ngx_http_rush_draft_t *draft,
    yajl_val json);
static ngx_int_t ngx_http_rush_rules_check(ngx_http_rush_draft_t *draft,
    ngx_uint_t seen);
static ngx_int_t ngx_http_rush_rules_client(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_int_t ngx_http_rush_rules_class(ngx_http_rush_draft_t *draft,
    yajl_val json, ngx_http_rush_rule_t *rule);
static ngx_int_t ngx_http_rush_rules_arg(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_int_t ngx_http_rush_rules_var(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_uint_t ngx_http_rush_rules_known(ngx_array_t *vars,
    ngx_str_t *name);
static ngx_int_t ngx_http_rush_rules_is(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


/* bits of the members of a rule, in the order of the table */

#define NGX_HTTP_RUSH_RULE_ARG     0x0010
#define NGX_HTTP_RUSH_RULE_VAR     0x0020
#define NGX_HTTP_RUSH_RULE_IS      0x0040
#define NGX_HTTP_RUSH_RULE_TO      0x0080
#define NGX_HTTP_RUSH_RULE_POOL    0x0100
#define NGX_HTTP_RUSH_RULE_PICK    0x0200
#define NGX_HTTP_RUSH_RULE_STICKY  0x0400


static ngx_http_rush_draft_member_t  ngx_http_rush_rules_members[] = {

    { "client", ngx_http_rush_rules_client, 0, 0, 0, NULL },

    { "member", ngx_http_rush_draft_set_id,
      offsetof(ngx_http_rush_rule_t, member), 0, 0, NULL },

    { "from", ngx_http_rush_draft_set_time,
      offsetof(ngx_http_rush_rule_t, from), 0, 0, NULL },

    { "until", ngx_http_rush_draft_set_time,
      offsetof(ngx_http_rush_rule_t, until), 0, 0, NULL },

    { "arg", ngx_http_rush_rules_arg, 0, 0, 0, NULL },

    { "var", ngx_http_rush_rules_var, 0, 0, 0, NULL },

    { "is", ngx_http_rush_rules_is, 0, 0, 0, NULL },

    { "to", ngx_http_rush_draft_set_target,
      offsetof(ngx_http_rush_rule_t, first), 0, 0, NULL },

    { "pool", ngx_http_rush_draft_set_pool, 0, 0, 0, NULL },

    { "pick", ngx_http_rush_draft_set_pick, 0, 0, 0, "fill|rotate|weight" },

    { "sticky", ngx_http_rush_draft_set_sticky, 0, 0, 0, NULL },

    { NULL, NULL, 0, 0, 0, NULL }
};


ngx_int_t
ngx_http_rush_draft_set_rules(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_int_t  rc;

    if (!YAJL_IS_ARRAY(json)
        || json->u.array.len > NGX_HTTP_RUSH_LINK_RULES)
    {
        return ngx_http_rush_draft_refuse(draft, member->name,
                                          "must be an array of up to 32 rules");
    }

    draft->at = ngx_http_rush_draft_rule;

    for (draft->rule = 0; draft->rule < json->u.array.len; draft->rule++) {
        rc = ngx_http_rush_rules_one(draft,
                                     json->u.array.values[draft->rule]);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    draft->at = ngx_http_rush_draft_link;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_rules_one(ngx_http_rush_draft_t *draft, yajl_val json)
{
    ngx_int_t              rc;
    ngx_uint_t             seen;
    ngx_http_rush_rule_t  *rule;

    rc = ngx_http_rush_draft_room(draft, "", sizeof(ngx_http_rush_rule_t));
    if (rc != NGX_OK) {
        return rc;
    }

    rule = ngx_array_push(&draft->rules);
    if (rule == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(rule, sizeof(ngx_http_rush_rule_t));

    rule->n = 1;
    rule->any = 1;

    rc = ngx_http_rush_draft_object(draft, ngx_http_rush_rules_members, json,
                                    rule, &seen);
    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_rush_rules_check(draft, seen);
}


/* what must, and what must not, be there together */

static ngx_int_t
ngx_http_rush_rules_check(ngx_http_rush_draft_t *draft, ngx_uint_t seen)
{
    ngx_uint_t  arg, var, is, to, pool;

    arg = seen & NGX_HTTP_RUSH_RULE_ARG;
    var = seen & NGX_HTTP_RUSH_RULE_VAR;
    is = seen & NGX_HTTP_RUSH_RULE_IS;
    to = seen & NGX_HTTP_RUSH_RULE_TO;
    pool = seen & NGX_HTTP_RUSH_RULE_POOL;

    if (arg && var) {
        return ngx_http_rush_draft_refuse(draft, "", "must have arg or var, "
                                          "and not both");
    }

    if ((arg || var) && !is) {
        return ngx_http_rush_draft_refuse(draft, "is", "must be there with "
                                  "arg and var: an array of 1 to 64 strings");
    }

    if (is && !arg && !var) {
        return ngx_http_rush_draft_refuse(draft, "is", "must not be there "
                                          "without arg or var");
    }

    if (!to == !pool) {
        return ngx_http_rush_draft_refuse(draft, "", "must have either to or "
                                          "pool");
    }

    if (!pool && (seen & NGX_HTTP_RUSH_RULE_PICK)) {
        return ngx_http_rush_draft_refuse(draft, "pick", "must not be there "
                                          "without pool");
    }

    if (!pool && (seen & NGX_HTTP_RUSH_RULE_STICKY)) {
        return ngx_http_rush_draft_refuse(draft, "sticky", "must not be there "
                                          "without pool");
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_rules_client(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    size_t     i;
    ngx_int_t  rc;

    rule->any = 0;

    if (!YAJL_IS_ARRAY(json)) {
        return ngx_http_rush_rules_class(draft, json, rule);
    }

    if (json->u.array.len == 0) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be a "
                                          "class of clients, or an array with "
                                          "at least one");
    }

    for (i = 0; i < json->u.array.len; i++) {
        rc = ngx_http_rush_rules_class(draft, json->u.array.values[i], rule);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_rules_class(ngx_http_rush_draft_t *draft, yajl_val json,
    ngx_http_rush_rule_t *rule)
{
    ngx_str_t                name;
    ngx_uint_t               i;
    ngx_array_t             *all;
    ngx_http_rush_client_t  *clients;

    if (!ngx_http_rush_draft_string(json, &name)
        || name.len > NGX_HTTP_RUSH_CLIENT_LEN
        || !ngx_http_rush_is_id(&name))
    {
        return ngx_http_rush_draft_refuse(draft, "client", "must be a class "
                            "of clients, from 1 to 32 bytes of A-Z a-z 0-9 _ "
                            ". : @ -, or an array of them");
    }

    all = draft->env->clients;

    if (all == NULL) {
        return NGX_OK;
    }

    clients = all->elts;

    for (i = 0; i < all->nelts; i++) {
        if (clients[i].name.len == name.len
            && ngx_memcmp(clients[i].name.data, name.data, name.len) == 0)
        {
            rule->clients |= (uint32_t) 1 << clients[i].bit;
            return NGX_OK;
        }
    }

    if (draft->env->lenient) {
        return NGX_OK;
    }

    return ngx_http_rush_draft_refuse_names(draft, "client", "must be one "
                                            "of the classes of clients:", all);
}


static ngx_int_t
ngx_http_rush_rules_arg(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    size_t      i;
    ngx_str_t   name;
    ngx_uint_t  ok;

    ok = ngx_http_rush_draft_string(json, &name)
         && name.len > 0 && name.len <= NGX_HTTP_RUSH_ARG_LEN;

    for (i = 0; ok && i < name.len; i++) {
        ok = ngx_http_rush_target_letter(name.data[i]);
    }

    if (!ok) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be a "
                                "name, from 1 to 64 bytes of A-Z a-z 0-9 _ -");
    }

    return ngx_http_rush_draft_text(draft, member->name, &name, &rule->name);
}


static ngx_int_t
ngx_http_rush_rules_var(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    ngx_int_t     rc;
    ngx_str_t     name;
    ngx_array_t  *vars;

    rc = ngx_http_rush_rules_arg(draft, member, json, conf);
    if (rc != NGX_OK) {
        return rc;
    }

    rule->var = 1;
    vars = draft->env->vars;

    if (vars == NULL || (ngx_http_rush_draft_string(json, &name)
                         && ngx_http_rush_rules_known(vars, &name)))
    {
        return NGX_OK;
    }

    if (vars->nelts == 0) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be "
                               "one of rush_scan_vars, which names none");
    }

    return ngx_http_rush_draft_refuse_names(draft, member->name, "must be "
                                            "one of rush_scan_vars:", vars);
}


static ngx_uint_t
ngx_http_rush_rules_known(ngx_array_t *vars, ngx_str_t *name)
{
    ngx_str_t   *var;
    ngx_uint_t   i;

    var = vars->elts;

    for (i = 0; i < vars->nelts; i++) {
        if (var[i].len == name->len
            && ngx_memcmp(var[i].data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* each with a line feed behind it, so none may have one */

static ngx_int_t
ngx_http_rush_rules_is(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    size_t                 i;
    ngx_int_t              rc;
    ngx_str_t              s;
    ngx_http_rush_text_t   text;

    static ngx_str_t  lf = ngx_string("\n");

    if (!YAJL_IS_ARRAY(json) || json->u.array.len == 0
        || json->u.array.len > NGX_HTTP_RUSH_LINK_IS)
    {
        goto refuse;
    }

    rule->is.off = (uint16_t) draft->texts.len;

    for (i = 0; i < json->u.array.len; i++) {

        if (!ngx_http_rush_draft_string(json->u.array.values[i], &s)
            || s.len > NGX_HTTP_RUSH_IS_LEN
            || ngx_strlchr(s.data, s.data + s.len, LF))
        {
            goto refuse;
        }

        rc = ngx_http_rush_draft_text(draft, member->name, &s, &text);

        if (rc == NGX_OK) {
            rc = ngx_http_rush_draft_text(draft, member->name, &lf, &text);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    rule->is.len = (uint16_t) (draft->texts.len - rule->is.off);

    return NGX_OK;

refuse:

    return ngx_http_rush_draft_refuse(draft, member->name, "must be an array "
                                      "of 1 to 64 strings of up to 256 bytes, "
                                      "without line feeds");
}
