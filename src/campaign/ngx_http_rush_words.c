
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Ids and codes: what may stand in a key, in an event, in an answer.
 */


#include "campaign/ngx_http_rush_campaign.h"


ngx_uint_t
ngx_http_rush_is_id(ngx_str_t *s)
{
    size_t  i;

    static uint32_t  allowed[] = {
        0x00000000, /* control */
        0x07ff6000, /* - . 0-9 : */
        0x87ffffff, /* @ A-Z _ */
        0x07fffffe, /* a-z */
        0, 0, 0, 0
    };

    if (s->len == 0 || s->len > NGX_HTTP_RUSH_ID_LEN) {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        if (!(allowed[s->data[i] >> 5] & (1U << (s->data[i] & 0x1f)))) {
            return 0;
        }
    }

    return 1;
}


/*
 * Text that can be shown: UTF-8 without control characters.  The decoder of
 * nginx takes bytes behind the first one that are none of a character, and
 * first ones that there are not any more.
 */

ngx_uint_t
ngx_http_rush_is_code(ngx_str_t *s)
{
    u_char    *p, *last, *first;
    uint32_t   ch;

    if (s->len == 0 || s->len > NGX_HTTP_RUSH_CODE_LEN) {
        return 0;
    }

    p = s->data;
    last = p + s->len;

    while (p < last) {
        first = p;
        ch = *p < 0x80 ? *p++ : ngx_utf8_decode(&p, last - p);

        if (ch < ' ' || (ch >= 0x7f && ch < 0xa0) || ch > 0x10ffff
            || (ch >= 0xd800 && ch < 0xe000))
        {
            return 0;
        }

        if (*first >= 0xf8) {
            return 0;
        }

        while (++first < p) {
            if ((*first & 0xc0) != 0x80) {
                return 0;
            }
        }
    }

    return 1;
}
