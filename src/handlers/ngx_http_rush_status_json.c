
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_status json.  Numbers of campaigns and errors are left out while they
 * are 0; names are ids, which need no escaping.
 */


#include "handlers/ngx_http_rush_status.h"


static u_char *ngx_http_rush_status_place(u_char *p, u_char *last,
    ngx_http_rush_facts_place_t *place);
static u_char *ngx_http_rush_status_errors(u_char *p, u_char *last,
    ngx_http_rush_redis_stats_t *stats);
static u_char *ngx_http_rush_status_sizes(u_char *p, u_char *last,
    ngx_http_rush_call_stats_t *stats);
static u_char *ngx_http_rush_status_row(u_char *p, u_char *last,
    ngx_http_rush_facts_row_t *row);
static u_char *ngx_http_rush_status_words(u_char *p, u_char *last,
    const char *name, ngx_atomic_uint_t *numbers);
static u_char *ngx_http_rush_status_scans(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
static u_char *ngx_http_rush_status_zone(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);


/* without the end of the object */

u_char *
ngx_http_rush_status_json(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t  i;

    p = ngx_slprintf(p, last, "{\"version\":\"%s\",\"redis\":[",
                     NGX_HTTP_RUSH_VERSION);

    for (i = 0; i < facts->nplaces; i++) {
        p = ngx_slprintf(p, last, i ? "," : "");
        p = ngx_http_rush_status_place(p, last, &facts->places[i]);
    }

    p = ngx_slprintf(p, last, "],\"campaigns\":[");

    for (i = 0; i < facts->nrows - 1; i++) {
        p = ngx_slprintf(p, last, "%s{\"redis\":\"%V\",\"prefix\":\"%V\","
                         "\"campaign\":\"%V\",", i ? "," : "",
                         &facts->rows[i].redis, &facts->rows[i].prefix,
                         &facts->rows[i].campaign);
        p = ngx_http_rush_status_row(p, last, &facts->rows[i]);
    }

    p = ngx_slprintf(p, last, "],\"other\":{");
    p = ngx_http_rush_status_row(p, last, &facts->rows[i]);

    p = ngx_http_rush_status_scans(p, last, facts);

    return ngx_http_rush_status_zone(p, last, facts);
}


static u_char *
ngx_http_rush_status_scans(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t  i;

    if (facts->nscans == 0) {
        return p;
    }

    p = ngx_slprintf(p, last, ",\"scans\":{");

    for (i = 0; i < facts->nscans; i++) {
        p = ngx_slprintf(p, last, "%s\"%s\":%uA", i ? "," : "",
                         facts->scans[i].name, facts->scans[i].n);
    }

    return ngx_slprintf(p, last, "}");
}


static u_char *
ngx_http_rush_status_place(u_char *p, u_char *last,
    ngx_http_rush_facts_place_t *place)
{
    ngx_uint_t                            i, pending;
    ngx_uint_t                            states[NGX_HTTP_RUSH_STATUS_STATES];
    ngx_http_rush_call_stats_t           *stats;
    const ngx_http_rush_status_number_t  *n;

    stats = &place->stats;
    pending = ngx_http_rush_status_gauges(&stats->redis, states);

    p = ngx_slprintf(p, last, "{\"redis\":\"%V\",\"connections\":{",
                     &place->redis);

    for (i = 0; i < NGX_HTTP_RUSH_STATUS_STATES; i++) {
        p = ngx_slprintf(p, last, "%s\"%s\":%ui", i ? "," : "",
                         ngx_http_rush_status_states[i], states[i]);
    }

    p = ngx_slprintf(p, last, "},\"pending\":%ui", pending);

    for (n = ngx_http_rush_status_numbers; n->name; n++) {
        p = ngx_slprintf(p, last, ",\"%s\":%uA", n->name,
                         *(ngx_atomic_t *) ((u_char *) stats + n->offset));
    }

    p = ngx_slprintf(p, last, ",\"round_trips_us\":%uA,\"slowest_us\":%uA",
                     stats->usec, stats->slowest);

    p = ngx_http_rush_status_sizes(p, last, stats);

    return ngx_http_rush_status_errors(p, last, &stats->redis);
}


static u_char *
ngx_http_rush_status_sizes(u_char *p, u_char *last,
    ngx_http_rush_call_stats_t *stats)
{
    ngx_uint_t  i, top;

    p = ngx_slprintf(p, last, ",\"sizes\":{");

    for (i = 0, top = 1; i < NGX_HTTP_RUSH_CALL_SIZES; i++, top *= 4) {
        p = ngx_slprintf(p, last, "%s\"%ui\":%uA", i ? "," : "", top,
                         stats->sizes[i]);
    }

    return ngx_slprintf(p, last, "}");
}


static u_char *
ngx_http_rush_status_errors(u_char *p, u_char *last,
    ngx_http_rush_redis_stats_t *stats)
{
    ngx_uint_t  i, n;

    p = ngx_slprintf(p, last, ",\"errors\":{");
    n = 0;

    for (i = 0; i < NGX_HTTP_RUSH_REDIS_ERRORS; i++) {
        if (stats->errors[i]) {
            p = ngx_slprintf(p, last, "%s\"%V\":%uA", n++ ? "," : "",
                             &ngx_http_rush_redis_errors[i].kind,
                             stats->errors[i]);
        }
    }

    return ngx_slprintf(p, last, "}}");
}


static u_char *
ngx_http_rush_status_row(u_char *p, u_char *last,
    ngx_http_rush_facts_row_t *row)
{
    p = ngx_http_rush_status_words(p, last, "outcomes", row->outcomes);
    p = ngx_slprintf(p, last, ",");
    p = ngx_http_rush_status_words(p, last, "memory", row->memory);

    return ngx_slprintf(p, last, "}");
}


static u_char *
ngx_http_rush_status_words(u_char *p, u_char *last, const char *name,
    ngx_atomic_uint_t *numbers)
{
    ngx_uint_t  i, n;

    p = ngx_slprintf(p, last, "\"%s\":{", name);
    n = 0;

    for (i = 0; ngx_http_rush_outcomes[i].word.len; i++) {
        if (numbers[i]) {
            p = ngx_slprintf(p, last, "%s\"%V\":%uA", n++ ? "," : "",
                             &ngx_http_rush_outcomes[i].word, numbers[i]);
        }
    }

    return ngx_slprintf(p, last, "}");
}


static u_char *
ngx_http_rush_status_zone(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t  i;

    p = ngx_slprintf(p, last, ",\"leases\":%ui,\"zone\":{", facts->leases);

    for (i = 0; i < facts->ntables; i++) {
        p = ngx_slprintf(p, last, "\"%s\":{\"used\":%ui,\"size\":%ui},",
                         facts->tables[i].name, facts->tables[i].used,
                         facts->tables[i].size);
    }

    return ngx_slprintf(p, last, "\"filter\":{\"used\":%ui,\"size\":%ui}}",
                        facts->filter_used, facts->filter_size);
}
