
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What a worker has found out by regular expressions, for texts that come again
 * and again: User-Agents, hosts.  A text has one place, which the next one that
 * falls there takes; nothing is allocated.
 */


#include "handlers/ngx_http_rush_handler.h"


#define NGX_HTTP_RUSH_MEMO_ENTRIES  512
#define NGX_HTTP_RUSH_MEMO_TEXT     480    /* bytes */


struct ngx_http_rush_memo_s {
    struct {
        ngx_http_rush_entry_t    entry;
        uint32_t                 hash;
        uint32_t                 len;
        void                    *owner;
        u_char                   text[NGX_HTTP_RUSH_MEMO_TEXT];
    } entries[NGX_HTTP_RUSH_MEMO_ENTRIES];
};


ngx_http_rush_memo_t *
ngx_http_rush_memo_create(ngx_pool_t *pool)
{
    return ngx_pcalloc(pool, sizeof(ngx_http_rush_memo_t));
}


/* the entry of the text, which may be new; NULL: the text is too long */

ngx_http_rush_entry_t *
ngx_http_rush_memo_get(ngx_http_rush_memo_t *memo, void *owner,
    ngx_str_t *text)
{
    uint32_t    hash;
    ngx_uint_t  i;

    if (text->len > NGX_HTTP_RUSH_MEMO_TEXT) {
        return NULL;
    }

    hash = ngx_murmur_hash2(text->data, text->len);
    i = hash % NGX_HTTP_RUSH_MEMO_ENTRIES;

    if (memo->entries[i].owner != owner || memo->entries[i].hash != hash
        || memo->entries[i].len != text->len
        || ngx_memcmp(memo->entries[i].text, text->data, text->len) != 0)
    {
        memo->entries[i].entry.known = 0;
        memo->entries[i].owner = owner;
        memo->entries[i].hash = hash;
        memo->entries[i].len = (uint32_t) text->len;
        ngx_memcpy(memo->entries[i].text, text->data, text->len);
    }

    return &memo->entries[i].entry;
}
