
/*
 * Copyright (C) 2026, the Rush authors
 *
 * GET /links/CODE/stats: scans and visitors of some days.  Nodes have written
 * counters by node, client and ref; they are added up here, a slice of a day at
 * a time.  The hash of a day only grows, so HSCAN gives each counter once.  Of
 * clients and refs so many are told apart as an answer may have.
 */


#include "handlers/ngx_http_rush_api.h"
#include "handlers/ngx_http_rush_tally.h"


#define NGX_HTTP_RUSH_STATS_CLIENTS  64
#define NGX_HTTP_RUSH_STATS_REFS     1000
#define NGX_HTTP_RUSH_STATS_TOLD     20000    /* refs of days, in an answer */


typedef struct {
    u_char                      *dates;      /* of all days */
    ngx_uint_t                   n;
    ngx_uint_t                   day;
    ngx_str_t                    cursor;
    u_char                       buf[NGX_INT64_LEN];
    ngx_uint_t                   told;
    int64_t                      scans[2];
    int64_t                      visitors[2];
    int64_t                      brought;
    ngx_http_rush_tally_t        clients;
    ngx_http_rush_tally_t        refs;
} ngx_http_rush_stats_t;


static void ngx_http_rush_stats_link(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_stats_totals(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static void ngx_http_rush_stats_ask(ngx_http_rush_api_t *api);
static void ngx_http_rush_stats_slice(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last);
static ngx_int_t ngx_http_rush_stats_add(ngx_http_rush_api_t *api,
    ngx_str_t *field, ngx_str_t *value);
static ngx_int_t ngx_http_rush_stats_count(ngx_str_t *value, int64_t *n);
static void ngx_http_rush_stats_told(ngx_http_rush_api_t *api);
static void ngx_http_rush_stats_tell(ngx_http_rush_api_t *api);
static void ngx_http_rush_stats_print(ngx_http_rush_api_t *api,
    ngx_http_rush_tally_e which);
static void ngx_http_rush_stats_date(yajl_gen gen, const char *name,
    u_char *date);


void
ngx_http_rush_api_link_stats(ngx_http_rush_api_t *api)
{
    ngx_http_rush_stats_t  *stats;

    /* it is told as "link" */
    ngx_str_null(&api->code);

    stats = ngx_pcalloc(api->request->pool, sizeof(ngx_http_rush_stats_t));

    if (stats == NULL) {
        ngx_http_rush_api_fail(api);
        return;
    }

    api->data = stats;

    ngx_http_rush_tally_init(&stats->clients, NGX_HTTP_RUSH_STATS_CLIENTS);
    ngx_http_rush_tally_init(&stats->refs, NGX_HTTP_RUSH_STATS_REFS);

    if (ngx_http_rush_api_days(api, &stats->dates, &stats->n) != NGX_OK) {
        return;
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_read(api->place, &api->words[1]),
               ngx_http_rush_stats_link);
}


static void
ngx_http_rush_stats_link(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t                    ref, book;
    ngx_http_rush_datum_t       *json;
    ngx_http_rush_stats_t       *stats;
    ngx_http_rush_definition_t  *def;

    static ngx_str_t  ref_name = ngx_string("ref");
    static ngx_str_t  bind_name = ngx_string("bind");

    stats = api->data;

    if (ngx_http_rush_api_stored(api, reply, &def) != NGX_OK) {
        return;
    }

    json = ngx_http_rush_definition_find(def, &ref_name);

    if (json) {
        ref = json->text;

    } else {
        ngx_str_set(&ref, "");
    }

    json = ngx_http_rush_definition_find(def, &bind_name);

    if (json) {
        book = json->text;

    } else {
        ngx_str_set(&book, "refs");
    }

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_totals(api->place, &api->words[1],
                                               stats->dates, stats->n, &book,
                                               &ref),
               ngx_http_rush_stats_totals);
}


/* visitors of all the days, and who was brought, if the link has a ref */

static void
ngx_http_rush_stats_totals(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_uint_t              end;
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    if (n == 0) {
        stats->visitors[ngx_http_rush_tally_all] = reply->integer;

    } else if (reply->type != NGX_HTTP_RUSH_REPLY_STRING
               || ngx_http_rush_look_number(&reply->str, &stats->brought)
                  != NGX_OK)
    {
        stats->brought = 0;
    }

    if (!last) {
        return;
    }

    if (ngx_http_rush_api_open(api) == NULL) {
        return;
    }

    end = (stats->n - 1) * NGX_HTTP_RUSH_LINK_DATE;

    ngx_http_rush_api_string(api->gen, "link", &api->words[1]);
    ngx_http_rush_stats_date(api->gen, "from", stats->dates);
    ngx_http_rush_stats_date(api->gen, "to", stats->dates + end);
    ngx_http_rush_api_name(api->gen, "days");
    yajl_gen_array_open(api->gen);

    ngx_str_set(&stats->cursor, "0");
    ngx_http_rush_stats_ask(api);
}


static void
ngx_http_rush_stats_ask(ngx_http_rush_api_t *api)
{
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    (void) ngx_http_rush_api_exec(api,
               ngx_http_rush_link_admin_day(api->place, &api->words[1],
                                            stats->dates + stats->day
                                            * NGX_HTTP_RUSH_LINK_DATE,
                                            &stats->cursor),
               ngx_http_rush_stats_slice);
}


/* visitors of the day, then some of its counters with the next cursor */

static void
ngx_http_rush_stats_slice(ngx_http_rush_api_t *api,
    ngx_http_rush_reply_t *reply, ngx_uint_t n, ngx_uint_t last)
{
    ngx_str_t               cursor;
    ngx_uint_t              i;
    ngx_http_rush_reply_t  *list;
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    if (n == 0) {
        stats->visitors[ngx_http_rush_tally_day] = reply->integer;
        return;
    }

    if (reply->type != NGX_HTTP_RUSH_REPLY_ARRAY || reply->n != 2
        || reply->elts[0].str.len > sizeof(stats->buf)
        || reply->elts[1].type != NGX_HTTP_RUSH_REPLY_ARRAY)
    {
        ngx_http_rush_api_unwell(api);
        return;
    }

    cursor = reply->elts[0].str;
    list = &reply->elts[1];

    for (i = 0; i + 1 < list->n; i += 2) {
        if (ngx_http_rush_stats_add(api, &list->elts[i].str,
                                    &list->elts[i + 1].str)
            != NGX_OK)
        {
            ngx_http_rush_api_fail(api);
            return;
        }
    }

    stats->cursor.data = stats->buf;
    stats->cursor.len = ngx_cpymem(stats->buf, cursor.data, cursor.len)
                        - stats->buf;

    if (cursor.len == 1 && cursor.data[0] == '0') {
        ngx_http_rush_stats_told(api);

        if (++stats->day == stats->n) {
            ngx_http_rush_stats_tell(api);
            return;
        }
    }

    ngx_http_rush_stats_ask(api);
}


/* NODE TAB CLIENT TAB REF; what is damaged is left out */

static ngx_int_t
ngx_http_rush_stats_add(ngx_http_rush_api_t *api, ngx_str_t *field,
    ngx_str_t *value)
{
    u_char                 *p, *last, *tab;
    int64_t                 n;
    ngx_str_t               client, ref;
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    p = field->data;
    last = p + field->len;

    tab = ngx_strlchr(p, last, '\t');
    client.data = tab ? tab + 1 : last;

    tab = ngx_strlchr(client.data, last, '\t');

    if (tab == NULL || ngx_http_rush_stats_count(value, &n) != NGX_OK) {
        return NGX_OK;
    }

    client.len = tab - client.data;
    ref.data = tab + 1;
    ref.len = last - ref.data;

    if (!ngx_http_rush_is_id(&client)
        || (ref.len && !ngx_http_rush_is_id(&ref)))
    {
        return NGX_OK;
    }

    stats->scans[ngx_http_rush_tally_day] += n;

    if (ngx_http_rush_tally_add(&stats->clients, api->request->pool, &client,
                                n)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ref.len ? ngx_http_rush_tally_add(&stats->refs, api->request->pool,
                                             &ref, n)
                   : NGX_OK;
}


/* SERIAL COUNT BEFORE */

static ngx_int_t
ngx_http_rush_stats_count(ngx_str_t *value, int64_t *n)
{
    u_char     *p, *last, *space;
    int64_t     before;
    ngx_str_t   number;

    p = value->data;
    last = p + value->len;

    space = ngx_strlchr(p, last, ' ');

    if (space == NULL) {
        return NGX_DECLINED;
    }

    number.data = space + 1;
    space = ngx_strlchr(number.data, last, ' ');

    if (space == NULL) {
        return NGX_DECLINED;
    }

    number.len = space - number.data;

    if (ngx_http_rush_look_number(&number, n) != NGX_OK) {
        return NGX_DECLINED;
    }

    number.data = space + 1;
    number.len = last - number.data;

    if (ngx_http_rush_look_number(&number, &before) != NGX_OK) {
        return NGX_DECLINED;
    }

    *n += before;

    return NGX_OK;
}


/* a day is complete */

static void
ngx_http_rush_stats_told(ngx_http_rush_api_t *api)
{
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    if (stats->scans[ngx_http_rush_tally_day] == 0
        && stats->visitors[ngx_http_rush_tally_day] == 0)
    {
        return;
    }

    yajl_gen_map_open(api->gen);

    ngx_http_rush_stats_date(api->gen, "day", stats->dates + stats->day
                                              * NGX_HTTP_RUSH_LINK_DATE);
    ngx_http_rush_stats_print(api, ngx_http_rush_tally_day);

    yajl_gen_map_close(api->gen);

    stats->scans[ngx_http_rush_tally_all] +=
                                       stats->scans[ngx_http_rush_tally_day];
    stats->scans[ngx_http_rush_tally_day] = 0;
}


static void
ngx_http_rush_stats_tell(ngx_http_rush_api_t *api)
{
    ngx_http_rush_stats_t  *stats;

    stats = api->data;

    yajl_gen_array_close(api->gen);

    ngx_http_rush_stats_print(api, ngx_http_rush_tally_all);
    ngx_http_rush_api_number(api->gen, "brought", stats->brought);
    ngx_http_rush_api_done(api, ngx_http_rush_api_found);
}


static void
ngx_http_rush_stats_print(ngx_http_rush_api_t *api,
    ngx_http_rush_tally_e which)
{
    yajl_gen                gen;
    ngx_uint_t              max;
    ngx_http_rush_stats_t  *stats;

    stats = api->data;
    gen = api->gen;

    ngx_http_rush_api_number(gen, "scans", stats->scans[which]);
    ngx_http_rush_api_number(gen, "visitors", stats->visitors[which]);

    ngx_http_rush_api_name(gen, "clients");
    (void) ngx_http_rush_tally_print(&stats->clients, gen, which,
                                     NGX_HTTP_RUSH_STATS_CLIENTS);

    max = which == ngx_http_rush_tally_all ? NGX_HTTP_RUSH_STATS_REFS
                                           : NGX_HTTP_RUSH_STATS_TOLD
                                             - stats->told;

    ngx_http_rush_api_name(gen, "refs");
    stats->told += ngx_http_rush_tally_print(&stats->refs, gen, which, max);
}


static void
ngx_http_rush_stats_date(yajl_gen gen, const char *name, u_char *date)
{
    u_char     buf[sizeof("YYYY-MM-DD")];
    ngx_str_t  text;

    text.data = buf;
    text.len = ngx_sprintf(buf, "%*s-%*s-%*s", (size_t) 4, date, (size_t) 2,
                           date + 4, (size_t) 2, date + 6)
               - buf;

    ngx_http_rush_api_string(gen, name, &text);
}
