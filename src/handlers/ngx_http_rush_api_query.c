
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Calls that a campaign's play answers: what a user holds, and the audit,
 * which goes through the campaign in slices.
 */


#include "handlers/ngx_http_rush_api.h"


static void ngx_http_rush_api_checked(ngx_http_rush_api_t *api);


void
ngx_http_rush_api_user(ngx_http_rush_api_t *api)
{
    api->ctx->user = api->words[3];

    (void) ngx_http_rush_api_ask(api, ngx_http_rush_op_result,
                                 ngx_http_rush_api_line);
}


void
ngx_http_rush_api_check(ngx_http_rush_api_t *api)
{
    (void) ngx_http_rush_api_ask(api, ngx_http_rush_op_check,
                                 ngx_http_rush_api_checked);
}


/* "more" has the state, which the next slice goes on from */

static void
ngx_http_rush_api_checked(ngx_http_rush_api_t *api)
{
    u_char                 *p;
    size_t                  len;
    ngx_str_t              *fields;
    ngx_http_rush_query_t  *query;

    query = &api->ctx->query;
    fields = &query->call.fields;
    len = sizeof("more\tstate=") - 1;

    if (query->line.len < len
        || ngx_strncmp(query->line.data, "more\tstate=", len) != 0)
    {
        ngx_http_rush_api_line(api);
        return;
    }

    p = query->line.data + len;
    len = query->line.len - len;

    if (len > api->size) {
        /* it grows by what it has found, not by what it has seen */

        api->size = 2 * len;
        api->data = ngx_pnalloc(api->request->pool, api->size);

        if (api->data == NULL) {
            ngx_http_rush_api_fail(api);
            return;
        }
    }

    ngx_memcpy(api->data, p, len);

    fields->data = api->data;
    fields->len = len;

    (void) ngx_http_rush_api_ask(api, ngx_http_rush_op_check,
                                 ngx_http_rush_api_checked);
}
