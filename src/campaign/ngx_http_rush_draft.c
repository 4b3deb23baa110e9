
/*
 * Copyright (C) 2026, the Rush authors
 *
 * A link that is being made of JSON: its objects, member by member, what is
 * wrong with them, and the room that a link has.
 */


#include "campaign/ngx_http_rush_draft.h"


static ngx_http_rush_draft_member_t *ngx_http_rush_draft_find(
    ngx_http_rush_draft_member_t *members, const char *name);
static ngx_int_t ngx_http_rush_draft_unknown(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *members, const char *name);
static ngx_int_t ngx_http_rush_draft_path(ngx_http_rush_draft_t *draft,
    const char *name, ngx_str_t *path);
static size_t ngx_http_rush_draft_cut(const char *name);


static const char  *ngx_http_rush_draft_what[] = {
    "a link",
    "a rule",
    "a target of a pool"
};


ngx_int_t
ngx_http_rush_draft_object(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *members, yajl_val json, void *conf,
    ngx_uint_t *seen)
{
    size_t                         i;
    ngx_int_t                      rc;
    ngx_uint_t                     bit, named;
    ngx_http_rush_draft_member_t  *member;

    *seen = 0;

    if (!YAJL_IS_OBJECT(json)) {
        return ngx_http_rush_draft_refuse(draft, "", "must be an object");
    }

    named = 0;

    for (i = 0; i < json->u.object.len; i++) {
        member = ngx_http_rush_draft_find(members, json->u.object.keys[i]);

        if (member == NULL) {
            return ngx_http_rush_draft_unknown(draft, members,
                                               json->u.object.keys[i]);
        }

        bit = (ngx_uint_t) 1 << (member - members);

        if (named & bit) {
            return ngx_http_rush_draft_refuse(draft, member->name,
                                              "must not be there twice");
        }

        named |= bit;

        if (YAJL_IS_NULL(json->u.object.values[i])) {
            continue;
        }

        *seen |= bit;

        rc = member->set(draft, member, json->u.object.values[i], conf);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


static ngx_http_rush_draft_member_t *
ngx_http_rush_draft_find(ngx_http_rush_draft_member_t *members,
    const char *name)
{
    for ( /* void */ ; members->name; members++) {
        if (ngx_strcmp(members->name, name) == 0) {
            return members;
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_rush_draft_unknown(ngx_http_rush_draft_t *draft,
    ngx_http_rush_draft_member_t *members, const char *name)
{
    u_char                        *p;
    size_t                         size;
    const char                    *what;
    ngx_str_t                      path;
    ngx_http_rush_draft_member_t  *member;

    if (ngx_http_rush_draft_path(draft, name, &path) != NGX_OK) {
        return NGX_ERROR;
    }

    what = ngx_http_rush_draft_what[draft->at];
    size = sizeof("unknown member \"\":  has") + path.len + ngx_strlen(what);

    for (member = members; member->name; member++) {
        size += ngx_strlen(member->name) + 2;
    }

    p = ngx_pnalloc(draft->def->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    draft->def->member = path;
    draft->def->error.data = p;

    p = ngx_sprintf(p, "unknown member \"%V\": %s has", &path, what);

    for (member = members; member->name; member++) {
        p = ngx_sprintf(p, "%s %s", member == members ? "" : ",",
                        member->name);
    }

    draft->def->error.len = p - draft->def->error.data;

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_rush_draft_refuse(ngx_http_rush_draft_t *draft, const char *name,
    const char *what)
{
    ngx_str_t  path;

    if (ngx_http_rush_draft_path(draft, name, &path) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_rush_definition_error(draft->def, &path, what);
}


ngx_int_t
ngx_http_rush_draft_refuse_names(ngx_http_rush_draft_t *draft,
    const char *name, const char *what, ngx_array_t *names)
{
    u_char      *p, *text, *elt;
    size_t       size;
    ngx_uint_t   i;

    elt = names->elts;
    size = ngx_strlen(what) + 1;

    for (i = 0; i < names->nelts; i++) {
        size += ((ngx_str_t *) (elt + i * names->size))->len + 2;
    }

    text = ngx_pnalloc(draft->def->pool, size);
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, what, ngx_strlen(what));

    for (i = 0; i < names->nelts; i++) {
        p = ngx_sprintf(p, "%s%V", i ? ", " : " ",
                        (ngx_str_t *) (elt + i * names->size));
    }

    *p = '\0';

    return ngx_http_rush_draft_refuse(draft, name, (char *) text);
}


/* where the draft is, and the member there, unless the name is empty */

static ngx_int_t
ngx_http_rush_draft_path(ngx_http_rush_draft_t *draft, const char *name,
    ngx_str_t *path)
{
    u_char  *p;
    size_t   len;

    len = ngx_http_rush_draft_cut(name);

    p = ngx_pnalloc(draft->def->pool, sizeof("rules[].pool[].")
                                      + 2 * NGX_INT_T_LEN + len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    path->data = p;

    if (draft->at >= ngx_http_rush_draft_rule) {
        p = ngx_sprintf(p, "rules[%ui]", draft->rule);
    }

    if (draft->at == ngx_http_rush_draft_place) {
        p = ngx_sprintf(p, ".pool[%ui]", draft->place);
    }

    if (len && p != path->data) {
        *p++ = '.';
    }

    p = ngx_cpymem(p, name, len);
    path->len = p - path->data;

    return NGX_OK;
}


/* a name that nobody knows may be long: up to 64 bytes, of whole characters */

static size_t
ngx_http_rush_draft_cut(const char *name)
{
    size_t  len;

    len = ngx_strlen(name);

    if (len <= NGX_HTTP_RUSH_ID_LEN) {
        return len;
    }

    len = NGX_HTTP_RUSH_ID_LEN;

    while (len && ((u_char) name[len] & 0xc0) == 0x80) {
        len--;
    }

    return len;
}


ngx_int_t
ngx_http_rush_draft_room(ngx_http_rush_draft_t *draft, const char *name,
    size_t size)
{
    if (size > NGX_HTTP_RUSH_LINK_MAX - draft->size) {
        return ngx_http_rush_draft_refuse(draft, name, "does not fit: a "
                          "link may take 16000 bytes in shared memory");
    }

    draft->size += size;

    return NGX_OK;
}


/* texts have room for all strings of the JSON, and for the default of bind */

ngx_int_t
ngx_http_rush_draft_text(ngx_http_rush_draft_t *draft, const char *name,
    ngx_str_t *s, ngx_http_rush_text_t *text)
{
    ngx_int_t  rc;

    rc = ngx_http_rush_draft_room(draft, name, s->len);
    if (rc != NGX_OK) {
        return rc;
    }

    text->off = (uint16_t) draft->texts.len;
    text->len = (uint16_t) s->len;

    (void) ngx_cpymem(draft->texts.data + draft->texts.len, s->data, s->len);
    draft->texts.len += s->len;

    return NGX_OK;
}
