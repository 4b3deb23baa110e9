
/*
 * Copyright (C) 2026, the Rush authors
 *
 * What rush_status tells of links: how full their zone is, by the size of
 * slots, and how many scans there were.  Tags are read without the lock.
 */


#include "campaign/ngx_http_rush_link_zone.h"


static void ngx_http_rush_link_facts_table(ngx_http_rush_facts_t *facts,
    const char *name, ngx_http_rush_link_table_t *table);


void
ngx_http_rush_link_facts(ngx_http_rush_links_t *links,
    ngx_http_rush_facts_t *facts)
{
    ngx_uint_t                 i;
    ngx_http_rush_links_sh_t  *sh;

    sh = links->sh;

    static const char  *names[NGX_HTTP_RUSH_LINK_SIZES] = {
        "guesses", "links_256", "links_512", "links_1024", "links_4096",
        "links_16384"
    };

    ngx_http_rush_facts_number_t  numbers[NGX_HTTP_RUSH_FACTS_SCANS] = {
        { "counted", "rush_scans_total",
          "Scans that were counted.", sh->counted },
        { "uncounted", "rush_scans_uncounted_total",
          "Scans for which the zone had no counter.", sh->uncounted },
        { "hits", "rush_link_hits_total",
          "Codes that shared memory knew.", sh->hits },
        { "reads", "rush_link_reads_total",
          "Codes that Redis was asked for.", sh->reads }
    };

    for (i = 0; i < NGX_HTTP_RUSH_LINK_SIZES; i++) {
        ngx_http_rush_link_facts_table(facts, names[i], &sh->tables[i]);
    }

    ngx_http_rush_link_facts_table(facts, "scans", &sh->scans);

    ngx_memcpy(facts->scans, numbers, sizeof(numbers));
    facts->nscans = NGX_HTTP_RUSH_FACTS_SCANS;
}


static void
ngx_http_rush_link_facts_table(ngx_http_rush_facts_t *facts, const char *name,
    ngx_http_rush_link_table_t *table)
{
    ngx_uint_t                    i;
    ngx_http_rush_facts_table_t  *t;

    t = &facts->tables[facts->ntables++];

    t->name = name;
    t->size = ngx_http_rush_link_slots(table);
    t->used = 0;

    for (i = 0; i < t->size; i++) {
        t->used += (table->tags[i] != 0);
    }
}
