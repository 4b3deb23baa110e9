
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Values of a link that is being made of JSON: numbers, times, ids, targets.
 */


#include "campaign/ngx_http_rush_draft.h"
#include <ngx_sha1.h>


static ngx_uint_t ngx_http_rush_draft_allowed(ngx_http_rush_draft_t *draft,
    ngx_str_t *text, ngx_http_rush_target_t *target);


ngx_uint_t
ngx_http_rush_draft_string(yajl_val json, ngx_str_t *s)
{
    if (!YAJL_IS_STRING(json)) {
        return 0;
    }

    s->data = (u_char *) json->u.string;
    s->len = ngx_strlen(s->data);

    return 1;
}


ngx_int_t
ngx_http_rush_draft_value(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, ngx_http_rush_member_e type,
    yajl_val json, ngx_str_t *value)
{
    u_char                  *p, text[512];
    ngx_int_t                rc;
    ngx_str_t               *arg;
    ngx_array_t              args;
    ngx_http_rush_datum_t    datum;
    ngx_http_rush_member_t   allowed;

    ngx_memzero(&allowed, sizeof(ngx_http_rush_member_t));

    allowed.name.data = (u_char *) member->name;
    allowed.name.len = ngx_strlen(member->name);
    allowed.type = type;
    allowed.min = member->min;
    allowed.max = member->max;
    allowed.choice.data = (u_char *) member->choice;
    allowed.choice.len = member->choice ? ngx_strlen(member->choice) : 0;

    ngx_str_set(&datum.text, "");

    if (ngx_http_rush_draft_string(json, &datum.text)) {
        datum.type = ngx_http_rush_datum_string;

    } else if (YAJL_IS_NUMBER(json)) {
        datum.type = ngx_http_rush_datum_number;
        datum.text.data = (u_char *) json->u.number.r;
        datum.text.len = ngx_strlen(json->u.number.r);

    } else if (YAJL_IS_TRUE(json) || YAJL_IS_FALSE(json)) {
        datum.type = ngx_http_rush_datum_boolean;
        datum.text.data = (u_char *) (YAJL_IS_TRUE(json) ? "true" : "false");
        datum.text.len = ngx_strlen(datum.text.data);

    } else {
        datum.type = ngx_http_rush_datum_object;
    }

    if (ngx_array_init(&args, draft->def->pool, 2, sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_http_rush_value(draft->def->pool, &allowed, &datum, &args);

    if (rc == NGX_OK) {
        arg = args.elts;
        *value = arg[1];
    }

    if (rc != NGX_DECLINED) {
        return rc;
    }

    p = ngx_cpymem(text, "must be ", sizeof("must be ") - 1);
    p = ngx_http_rush_value_allowed(p, text + sizeof(text) - 1, &allowed);
    *p = '\0';

    return ngx_http_rush_draft_refuse(draft, member->name, (char *) text);
}


ngx_int_t
ngx_http_rush_draft_number(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, ngx_http_rush_member_e type,
    yajl_val json, int64_t *n)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_rush_draft_value(draft, member, type, json, &value);

    return rc == NGX_OK ? ngx_http_rush_look_number(&value, n) : rc;
}


ngx_int_t
ngx_http_rush_draft_set_time(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    return ngx_http_rush_draft_number(draft, member,
                                      ngx_http_rush_member_time, json,
                         (int64_t *) ((u_char *) conf + member->offset));
}


ngx_int_t
ngx_http_rush_draft_set_id(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_str_t  s;

    if (!ngx_http_rush_draft_string(json, &s) || !ngx_http_rush_is_id(&s)) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be an "
                         "id: from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -");
    }

    return ngx_http_rush_draft_text(draft, member->name, &s,
              (ngx_http_rush_text_t *) ((u_char *) conf + member->offset));
}


ngx_int_t
ngx_http_rush_draft_set_target(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_int_t                rc;
    ngx_http_rush_target_t   target;

    ngx_memzero(&target, sizeof(ngx_http_rush_target_t));

    target.weight = 1;

    rc = ngx_http_rush_draft_set_place(draft, member, json, &target);
    if (rc != NGX_OK) {
        return rc;
    }

    *(uint16_t *) ((u_char *) conf + member->offset) =
                                            (uint16_t) draft->targets.nelts;

    return ngx_http_rush_draft_push(draft, &target);
}


/* the text of a target that has all else */

ngx_int_t
ngx_http_rush_draft_set_place(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *member, yajl_val json, void *conf)
{
    ngx_http_rush_target_t *target = conf;

    u_char       sha1[20];
    ngx_int_t    rc;
    ngx_str_t    text, id, digest;
    ngx_sha1_t   ctx;
    const char  *error;

    if (!ngx_http_rush_draft_string(json, &text)) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must be a "
                            "target, such as \"https://m.example.com/\"");
    }

    if (ngx_http_rush_target_parse(&text, target, &error) != NGX_OK) {
        return ngx_http_rush_draft_refuse(draft, member->name, error);
    }

    if (!ngx_http_rush_draft_allowed(draft, &text, target)) {
        return ngx_http_rush_draft_refuse(draft, member->name, "must lead to "
                         "a host, and by a scheme, that rush_scan_hosts "
                         "allows");
    }

    rc = ngx_http_rush_draft_room(draft, member->name,
                                  sizeof(ngx_http_rush_target_t));
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_rush_draft_text(draft, member->name, &text, &target->to);
    if (rc != NGX_OK) {
        return rc;
    }

    target->host.off += target->to.off;

    ngx_sha1_init(&ctx);
    ngx_sha1_update(&ctx, text.data, text.len);
    ngx_sha1_final(sha1, &ctx);

    digest.data = sha1;
    digest.len = 8;
    id.data = target->id;

    ngx_encode_base64url(&id, &digest);

    return NGX_OK;
}


static ngx_uint_t
ngx_http_rush_draft_allowed(ngx_http_rush_draft_t *draft, ngx_str_t *text,
    ngx_http_rush_target_t *target)
{
    ngx_str_t                scheme, host;
    ngx_uint_t               i;
    ngx_array_t             *all;
    ngx_http_rush_hosts_t  **hosts;

    all = draft->env->hosts;

    if (all == NULL) {
        return 1;
    }

    scheme.data = text->data;
    scheme.len = target->scheme;

    host.data = text->data + target->host.off;
    host.len = target->host.len;

    hosts = all->elts;

    for (i = 0; i < all->nelts; i++) {
        if (ngx_http_rush_hosts_allow(hosts[i], &scheme, &host)) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_rush_draft_push(ngx_http_rush_draft_t *draft,
    ngx_http_rush_target_t *target)
{
    ngx_http_rush_target_t  *t;

    t = ngx_array_push(&draft->targets);
    if (t == NULL) {
        return NGX_ERROR;
    }

    *t = *target;

    return NGX_OK;
}
