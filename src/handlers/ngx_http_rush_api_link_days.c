
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The days of GET /links/CODE/stats: the arguments "from" and "to", calendar
 * days of nginx's local time, which are numbers of days since 1970 here.
 */


#include "handlers/ngx_http_rush_api.h"


#define NGX_HTTP_RUSH_API_DAYS_DEFAULT  30    /* with today */


static ngx_int_t ngx_http_rush_api_day(ngx_http_rush_api_t *api,
    const char *name, const char *error, ngx_int_t *day);
static ngx_int_t ngx_http_rush_api_day_number(ngx_int_t year,
    ngx_int_t month, ngx_int_t mday);


ngx_int_t
ngx_http_rush_api_days(ngx_http_rush_api_t *api, u_char **dates,
    ngx_uint_t *n)
{
    u_char     *p;
    ngx_tm_t    tm;
    ngx_int_t   from, to;

    ngx_localtime(ngx_time(), &tm);

    to = ngx_http_rush_api_day_number(tm.ngx_tm_year, tm.ngx_tm_mon,
                                      tm.ngx_tm_mday);

    if (ngx_http_rush_api_day(api, "to", "to must be a day, YYYY-MM-DD from "
                              "1970 to 9999, once", &to)
        != NGX_OK)
    {
        return NGX_DONE;
    }

    from = ngx_max(to - NGX_HTTP_RUSH_API_DAYS_DEFAULT + 1, 0);

    if (ngx_http_rush_api_day(api, "from", "from must be a day, YYYY-MM-DD "
                              "from 1970 to 9999, once", &from)
        != NGX_OK)
    {
        return NGX_DONE;
    }

    if (from > to || to - from >= NGX_HTTP_RUSH_API_DAYS) {
        ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid,
                                 "from must be a day up to \"to\", which is "
                                 "today by default, and with it not more than "
                                 "366 days", "from");
        return NGX_DONE;
    }

    *n = to - from + 1;
    *dates = ngx_pnalloc(api->request->pool, *n * NGX_HTTP_RUSH_LINK_DATE);

    if (*dates == NULL) {
        ngx_http_rush_api_fail(api);
        return NGX_DONE;
    }

    for (p = *dates; from <= to; from++) {
        ngx_gmtime((time_t) from * 86400, &tm);

        p = ngx_sprintf(p, "%04d%02d%02d", tm.ngx_tm_year, tm.ngx_tm_mon,
                        tm.ngx_tm_mday);
    }

    return NGX_OK;
}


/* the day stays as it is if there is no such argument */

static ngx_int_t
ngx_http_rush_api_day(ngx_http_rush_api_t *api, const char *name,
    const char *error, ngx_int_t *day)
{
    u_char     *p;
    ngx_tm_t    tm;
    ngx_int_t   year, month, mday;
    ngx_str_t   value;

    if (ngx_http_rush_api_arg(api, name, error, &value) != NGX_OK) {
        return NGX_DONE;
    }

    if (value.len == 0) {
        return NGX_OK;
    }

    p = value.data;

    if (value.len == sizeof("YYYY-MM-DD") - 1 && p[4] == '-' && p[7] == '-') {

        year = ngx_atoi(p, 4);
        month = ngx_atoi(p + 5, 2);
        mday = ngx_atoi(p + 8, 2);

        if (year >= 1970 && month >= 1 && month <= 12 && mday >= 1) {
            *day = ngx_http_rush_api_day_number(year, month, mday);

            ngx_gmtime((time_t) *day * 86400, &tm);

            /* February 30 is not */

            if (tm.ngx_tm_mon == month && tm.ngx_tm_mday == mday) {
                return NGX_OK;
            }
        }
    }

    ngx_http_rush_api_refuse(api, ngx_http_rush_api_invalid, error, name);

    return NGX_DONE;
}


/* by Gauss, as nginx does it: a year begins with March */

static ngx_int_t
ngx_http_rush_api_day_number(ngx_int_t year, ngx_int_t month,
    ngx_int_t mday)
{
    month -= 2;

    if (month <= 0) {
        month += 12;
        year--;
    }

    return 365 * year + year / 4 - year / 100 + year / 400
           + 367 * month / 12 - 30 + mday - 1 - 719527 + 31 + 28;
}
