
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The pool of a rule: its targets, and how one of them is picked.
 */


#include "campaign/ngx_http_rush_draft.h"


static ngx_int_t ngx_http_rush_pool_place(ngx_http_rush_draft_t *draft,
    yajl_val json, ngx_http_rush_rule_t *rule);
static ngx_int_t ngx_http_rush_pool_cap(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);
static ngx_int_t ngx_http_rush_pool_weight(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf);


#define NGX_HTTP_RUSH_PLACE_TO     0x0001


static ngx_http_rush_draft_member_t  ngx_http_rush_pool_members[] = {

    { "to", ngx_http_rush_draft_set_place, 0, 0, 0, NULL },

    { "cap", ngx_http_rush_pool_cap, 0, 1, NGX_HTTP_RUSH_LINK_CAP, NULL },

    { "until", ngx_http_rush_draft_set_time,
      offsetof(ngx_http_rush_target_t, until), 0, 0, NULL },

    { "weight", ngx_http_rush_pool_weight, 0,
      1, NGX_HTTP_RUSH_LINK_WEIGHT, NULL },

    { NULL, NULL, 0, 0, 0, NULL }
};


ngx_int_t
ngx_http_rush_draft_set_pool(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    ngx_int_t  rc;

    if (!YAJL_IS_ARRAY(json) || json->u.array.len == 0
        || json->u.array.len > NGX_HTTP_RUSH_LINK_TARGETS)
    {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be an "
                            "array of 1 to 100 objects, each with to, and "
                            "cap, until and weight as it needs");
    }

    /* what to has set is refused when all is there */

    rule->first = (uint16_t) draft->targets.nelts;
    rule->n = (uint16_t) json->u.array.len;

    draft->at = ngx_http_rush_draft_place;

    for (draft->place = 0; draft->place < rule->n; draft->place++) {
        rc = ngx_http_rush_pool_place(draft,
                                      json->u.array.values[draft->place],
                                      rule);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    draft->at = ngx_http_rush_draft_rule;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_pool_place(ngx_http_rush_draft_t *draft, yajl_val json,
    ngx_http_rush_rule_t *rule)
{
    ngx_int_t                rc;
    ngx_uint_t               i, seen;
    ngx_http_rush_target_t   target, *t;

    ngx_memzero(&target, sizeof(ngx_http_rush_target_t));

    target.weight = 1;

    rc = ngx_http_rush_draft_object(draft, ngx_http_rush_pool_members, json,
                                    &target, &seen);
    if (rc != NGX_OK) {
        return rc;
    }

    if (!(seen & NGX_HTTP_RUSH_PLACE_TO)) {
        return ngx_http_rush_draft_refuse(draft, "to", "must be there: a "
                               "target, such as \"https://m.example.com/\"");
    }

    /* places are counted by it */

    t = draft->targets.elts;

    for (i = rule->first; i < draft->targets.nelts; i++) {
        if (ngx_memcmp(t[i].id, target.id, NGX_HTTP_RUSH_TARGET_ID) == 0) {
            return ngx_http_rush_draft_refuse(draft, "to", "must not be in "
                                              "the pool twice");
        }
    }

    if (target.cap) {
        rule->capped = 1;
    }

    return ngx_http_rush_draft_push(draft, &target);
}


static ngx_int_t
ngx_http_rush_pool_cap(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_target_t *target = conf;

    int64_t    n;
    ngx_int_t  rc;

    rc = ngx_http_rush_draft_number(draft, member,
                                    ngx_http_rush_member_integer, json, &n);
    if (rc != NGX_OK) {
        return rc;
    }

    target->cap = (uint32_t) n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_pool_weight(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_target_t *target = conf;

    int64_t    n;
    ngx_int_t  rc;

    rc = ngx_http_rush_draft_number(draft, member,
                                    ngx_http_rush_member_integer, json, &n);
    if (rc != NGX_OK) {
        return rc;
    }

    target->weight = (uint16_t) n;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_draft_set_pick(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_rush_draft_value(draft, member, ngx_http_rush_member_choice,
                                   json, &value);
    if (rc != NGX_OK) {
        return rc;
    }

    rule->pick = value.data[0] == 'f' ? ngx_http_rush_pick_fill
                 : value.data[0] == 'r' ? ngx_http_rush_pick_rotate
                                        : ngx_http_rush_pick_weight;

    return NGX_OK;
}


ngx_int_t
ngx_http_rush_draft_set_sticky(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_rule_t *rule = conf;

    int64_t    n;
    ngx_int_t  rc;

    rc = ngx_http_rush_draft_number(draft, member,
                                    ngx_http_rush_member_boolean, json, &n);
    if (rc != NGX_OK) {
        return rc;
    }

    rule->sticky = (n != 0);

    return NGX_OK;
}
