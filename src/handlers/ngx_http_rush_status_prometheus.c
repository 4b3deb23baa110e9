
/*
 * Copyright (C) 2026, the Rush authors
 *
 * rush_status prometheus: the text format 0.0.4.  Labels are ids, which need
 * no escaping; what is counted outside of any campaign's row has the empty
 * campaign, and all campaigns that have no row are "other".
 */


#include "handlers/ngx_http_rush_status.h"


static u_char *ngx_http_rush_metric(u_char *p, u_char *last, const char *name,
    const char *type, const char *help);
static u_char *ngx_http_rush_metric_answers(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts, ngx_uint_t memory);
static u_char *ngx_http_rush_metric_redis(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
static u_char *ngx_http_rush_metric_numbers(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
static u_char *ngx_http_rush_metric_batches(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
static u_char *ngx_http_rush_metric_sizes(u_char *p, u_char *last,
    ngx_http_rush_facts_place_t *place);
static u_char *ngx_http_rush_metric_scans(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);
static u_char *ngx_http_rush_metric_zone(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts);


u_char *
ngx_http_rush_status_prometheus(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    p = ngx_http_rush_metric(p, last, "rush_info", "gauge",
                             "Version of the module.");
    p = ngx_slprintf(p, last, "rush_info{version=\"%s\"} 1\n",
                     NGX_HTTP_RUSH_VERSION);

    p = ngx_http_rush_metric(p, last, "rush_answers_total", "counter",
                             "Answers, by campaign and outcome.");
    p = ngx_http_rush_metric_answers(p, last, facts, 0);

    p = ngx_http_rush_metric(p, last, "rush_memory_answers_total", "counter",
                             "Those of them for which Redis was not asked.");
    p = ngx_http_rush_metric_answers(p, last, facts, 1);

    p = ngx_http_rush_metric_redis(p, last, facts);
    p = ngx_http_rush_metric_numbers(p, last, facts);
    p = ngx_http_rush_metric_batches(p, last, facts);
    p = ngx_http_rush_metric_scans(p, last, facts);

    return ngx_http_rush_metric_zone(p, last, facts);
}


static u_char *
ngx_http_rush_metric(u_char *p, u_char *last, const char *name,
    const char *type, const char *help)
{
    return ngx_slprintf(p, last, "# HELP %s %s\n# TYPE %s %s\n",
                        name, help, name, type);
}


static u_char *
ngx_http_rush_metric_answers(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts, ngx_uint_t memory)
{
    ngx_str_t                   campaign;
    ngx_uint_t                  i, k;
    ngx_atomic_uint_t          *numbers;
    ngx_http_rush_facts_row_t  *row;

    for (i = 0; i < facts->nrows; i++) {
        row = &facts->rows[i];
        numbers = memory ? row->memory : row->outcomes;
        campaign = row->campaign;

        if (i == facts->nrows - 1) {
            ngx_str_set(&campaign, "other");
        }

        for (k = 0; ngx_http_rush_outcomes[k].word.len; k++) {
            if (numbers[k] == 0) {
                continue;
            }

            p = ngx_slprintf(p, last, "rush_%sanswers_total{redis=\"%V\","
                             "prefix=\"%V\",campaign=\"%V\",outcome=\"%V\"} "
                             "%uA\n", memory ? "memory_" : "", &row->redis,
                             &row->prefix, &campaign,
                             &ngx_http_rush_outcomes[k].word, numbers[k]);
        }
    }

    return p;
}


static u_char *
ngx_http_rush_metric_redis(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t                    i, k;
    ngx_uint_t                    states[NGX_HTTP_RUSH_STATUS_STATES];
    ngx_http_rush_facts_place_t  *place;

    p = ngx_http_rush_metric(p, last, "rush_redis_connections", "gauge",
                             "Connections of workers to Redis, by state.");

    for (i = 0; i < facts->nplaces; i++) {
        place = &facts->places[i];

        (void) ngx_http_rush_status_gauges(&place->stats.redis, states);

        for (k = 0; k < NGX_HTTP_RUSH_STATUS_STATES; k++) {
            p = ngx_slprintf(p, last, "rush_redis_connections{redis=\"%V\","
                             "state=\"%s\"} %ui\n", &place->redis,
                             ngx_http_rush_status_states[k], states[k]);
        }
    }

    p = ngx_http_rush_metric(p, last, "rush_redis_pending", "gauge",
                             "Calls that wait for Redis.");

    for (i = 0; i < facts->nplaces; i++) {
        place = &facts->places[i];

        p = ngx_slprintf(p, last, "rush_redis_pending{redis=\"%V\"} %ui\n",
                         &place->redis,
                         ngx_http_rush_status_gauges(&place->stats.redis,
                                                     states));
    }

    p = ngx_http_rush_metric(p, last, "rush_redis_errors_total", "counter",
                             "Error replies of Redis, by kind.");

    for (i = 0; i < facts->nplaces; i++) {
        place = &facts->places[i];

        for (k = 0; k < NGX_HTTP_RUSH_REDIS_ERRORS; k++) {
            p = ngx_slprintf(p, last, "rush_redis_errors_total{redis=\"%V\","
                             "kind=\"%V\"} %uA\n", &place->redis,
                             &ngx_http_rush_redis_errors[k].kind,
                             place->stats.redis.errors[k]);
        }
    }

    return p;
}


static u_char *
ngx_http_rush_metric_numbers(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t                            i;
    ngx_http_rush_facts_place_t          *place;
    const ngx_http_rush_status_number_t  *n;

    for (n = ngx_http_rush_status_numbers; n->name; n++) {
        p = ngx_http_rush_metric(p, last, n->metric, "counter", n->help);

        for (i = 0; i < facts->nplaces; i++) {
            place = &facts->places[i];

            p = ngx_slprintf(p, last, "%s{redis=\"%V\"} %uA\n", n->metric,
                             &place->redis,
                             *(ngx_atomic_t *) ((u_char *) &place->stats
                                                + n->offset));
        }
    }

    return p;
}


static u_char *
ngx_http_rush_metric_batches(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t                    i;
    ngx_http_rush_facts_place_t  *place;

    p = ngx_http_rush_metric(p, last, "rush_batch_calls", "histogram",
                             "Calls of a batch.");

    for (i = 0; i < facts->nplaces; i++) {
        p = ngx_http_rush_metric_sizes(p, last, &facts->places[i]);
    }

    p = ngx_http_rush_metric(p, last, "rush_round_trip_seconds", "summary",
                             "From sending a batch to its last reply.");

    for (i = 0; i < facts->nplaces; i++) {
        place = &facts->places[i];

        p = ngx_slprintf(p, last, "rush_round_trip_seconds_sum{redis=\"%V\"} "
                         "%uA.%06uA\nrush_round_trip_seconds_count{redis="
                         "\"%V\"} %uA\n", &place->redis,
                         place->stats.usec / 1000000,
                         place->stats.usec % 1000000, &place->redis,
                         place->stats.batches);
    }

    p = ngx_http_rush_metric(p, last, "rush_round_trip_slowest_seconds",
                             "gauge", "The longest of them so far.");

    for (i = 0; i < facts->nplaces; i++) {
        place = &facts->places[i];

        p = ngx_slprintf(p, last, "rush_round_trip_slowest_seconds{redis="
                         "\"%V\"} %uA.%06uA\n", &place->redis,
                         place->stats.slowest / 1000000,
                         place->stats.slowest % 1000000);
    }

    return p;
}


static u_char *
ngx_http_rush_metric_sizes(u_char *p, u_char *last,
    ngx_http_rush_facts_place_t *place)
{
    ngx_uint_t  i, top, sum;

    sum = 0;

    for (i = 0, top = 1; i < NGX_HTTP_RUSH_CALL_SIZES; i++, top *= 4) {
        sum += place->stats.sizes[i];

        p = ngx_slprintf(p, last, "rush_batch_calls_bucket{redis=\"%V\","
                         "le=\"%ui\"} %ui\n", &place->redis, top, sum);
    }

    return ngx_slprintf(p, last, "rush_batch_calls_bucket{redis=\"%V\","
                        "le=\"+Inf\"} %ui\nrush_batch_calls_sum{redis=\"%V\"}"
                        " %uA\nrush_batch_calls_count{redis=\"%V\"} %ui\n",
                        &place->redis, sum, &place->redis, place->stats.calls,
                        &place->redis, sum);
}


static u_char *
ngx_http_rush_metric_scans(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t  i;

    for (i = 0; i < facts->nscans; i++) {
        p = ngx_http_rush_metric(p, last, facts->scans[i].metric, "counter",
                                 facts->scans[i].help);
        p = ngx_slprintf(p, last, "%s %uA\n", facts->scans[i].metric,
                         facts->scans[i].n);
    }

    return p;
}


static u_char *
ngx_http_rush_metric_zone(u_char *p, u_char *last,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t  i, ratio;

    p = ngx_http_rush_metric(p, last, "rush_leases", "gauge",
                             "Campaigns, or items, that memory may refuse.");
    p = ngx_slprintf(p, last, "rush_leases %ui\n", facts->leases);

    p = ngx_http_rush_metric(p, last, "rush_zone_slots", "gauge",
                             "Slots of the tables in the zone.");

    for (i = 0; i < facts->ntables; i++) {
        p = ngx_slprintf(p, last, "rush_zone_slots{table=\"%s\"} %ui\n",
                         facts->tables[i].name, facts->tables[i].size);
    }

    p = ngx_http_rush_metric(p, last, "rush_zone_slots_used", "gauge",
                             "Those of them that are in use.");

    for (i = 0; i < facts->ntables; i++) {
        p = ngx_slprintf(p, last, "rush_zone_slots_used{table=\"%s\"} %ui\n",
                         facts->tables[i].name, facts->tables[i].used);
    }

    p = ngx_http_rush_metric(p, last, "rush_zone_filter_bytes", "gauge",
                             "Size of the filter of holders.");
    p = ngx_slprintf(p, last, "rush_zone_filter_bytes %ui\n",
                     facts->filter_size / 8);

    p = ngx_http_rush_metric(p, last, "rush_zone_filter_fill_ratio", "gauge",
                             "Bits of it that are set; 0.5 is full.");

    ratio = facts->filter_used * 10000 / ngx_max(facts->filter_size, 1);

    return ngx_slprintf(p, last, "rush_zone_filter_fill_ratio %ui.%04ui\n",
                        ratio / 10000, ratio % 10000);
}
