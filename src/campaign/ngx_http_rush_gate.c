
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The gate: what can be refused without a script, and why that is certain.
 *
 * From memory alone: an id that Redis did not know, and a campaign that has
 * not started and never gave a ticket, both read less than a second ago; and
 * what a lease says, to users who never got a ticket.
 *
 * After a look: a user without a record holds nothing, so a campaign that is
 * sold out, ended, paused or not started may refuse him; whoever has a record
 * is answered by the script.  Where holds are due, the script decides.
 *
 * A lease.  What a look finds closed to everybody stays closed for "lease"
 * ms after it, or until "reopen" if that is sooner: whatever opens it waits so
 * long (plays/lib/frame.lua).  It is counted from before the look was sent, so
 * it ends here no later than in Redis.  While it runs nobody wins anywhere, so
 * who holds tickets is known: those that the filter knew when it began.  It
 * ends for all workers when any of them loses its connection, because then
 * another Redis may have taken over.
 */


#include "campaign/ngx_http_rush_campaign.h"


static ngx_uint_t ngx_http_rush_gate_plain(ngx_http_rush_query_t *query);
static void ngx_http_rush_gate_lease(ngx_http_rush_query_t *query,
    ngx_http_rush_phase_e phase, int64_t sent);
static ngx_http_rush_gate_e ngx_http_rush_gate_refused(
    ngx_http_rush_query_t *query, ngx_http_rush_phase_e phase);


const ngx_str_t  ngx_http_rush_phases[] = {
    ngx_string("open"),
    ngx_string("early"),
    ngx_string("paused"),
    ngx_string("sold_out"),
    ngx_string("ended"),
    ngx_null_string
};


ngx_http_rush_gate_e
ngx_http_rush_gate(ngx_http_rush_query_t *query)
{
    ngx_uint_t                 fresh;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;
    fresh = c->checked
            && ngx_current_msec - c->checked < NGX_HTTP_RUSH_FRESH;

    if (c->state != ngx_http_rush_campaign_known) {

        if (!fresh) {
            return ngx_http_rush_gate_look;
        }

        if (c->state == ngx_http_rush_campaign_vanished) {
            ngx_str_set(&query->line, "pending");

        } else {
            ngx_str_set(&query->line, "unknown");
        }

        return ngx_http_rush_gate_refuse;
    }

    query->left = ngx_max(c->total - c->out, 0);
    query->made = c->made;

    if (query->op != ngx_http_rush_op_claim) {
        return query->op == ngx_http_rush_op_sweep
               ? ngx_http_rush_gate_look : ngx_http_rush_gate_claim;
    }

    if (query->leased && ngx_http_rush_gate_plain(query)) {
        return ngx_http_rush_gate_refused(query, c->granted.phase);
    }

    if (fresh && c->seq == 0
        && query->now + NGX_HTTP_RUSH_MARGIN < c->starts)
    {
        return ngx_http_rush_gate_refused(query, ngx_http_rush_phase_early);
    }

    if (c->checked == 0
        || ngx_http_rush_gate_phase(c, query->now) != ngx_http_rush_phase_open)
    {
        return ngx_http_rush_gate_look;
    }

    return ngx_http_rush_gate_claim;
}


ngx_http_rush_gate_e
ngx_http_rush_gate_looked(ngx_http_rush_query_t *query,
    ngx_http_rush_answer_t *answer)
{
    ngx_http_rush_phase_e      phase;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;

    if (query->op == ngx_http_rush_op_sweep) {

        if ((c->due && c->due <= query->now)
            || (c->ends && c->keep && c->ends + c->keep <= query->now)
            || query->call.fields.len)
        {
            return ngx_http_rush_gate_claim;
        }

        ngx_str_set(&query->line, "idle");

        return ngx_http_rush_gate_refuse;
    }

    if (query->op != ngx_http_rush_op_claim) {
        return ngx_http_rush_gate_claim;
    }

    phase = ngx_http_rush_gate_phase(c, query->now);

    if (phase == ngx_http_rush_phase_open
        || (phase == ngx_http_rush_phase_ended && !c->over)
        || c->reopen > query->now + c->lease)
    {
        /* a script notes the end, and mends what a clock has left behind */
        return ngx_http_rush_gate_claim;
    }

    ngx_http_rush_gate_lease(query, phase, answer->sent);

    if (answer->found || !ngx_http_rush_gate_plain(query)) {
        return ngx_http_rush_gate_claim;
    }

    return ngx_http_rush_gate_refused(query, phase);
}


/* what a script would say now to a new user, by what is known */

ngx_http_rush_phase_e
ngx_http_rush_gate_phase(ngx_http_rush_campaign_t *c, int64_t now)
{
    if (c->over || (c->ends && now >= c->ends)) {
        return ngx_http_rush_phase_ended;
    }

    if (now < c->starts) {
        return ngx_http_rush_phase_early;
    }

    if (c->paused) {
        return ngx_http_rush_phase_paused;
    }

    if (now < c->reopen) {
        return c->closed;
    }

    if (c->sold_out && (c->due == 0 || now < c->due)) {
        return ngx_http_rush_phase_sold_out;
    }

    return ngx_http_rush_phase_open;
}


/*
 * A claim that nothing but the phase decides, if its user holds nothing: one
 * unit is within every limit, and the item is there if there are items.
 */

static ngx_uint_t
ngx_http_rush_gate_plain(ngx_http_rush_query_t *query)
{
    return query->units == 1
           && (query->item.len != 0) == query->campaign.items;
}


static void
ngx_http_rush_gate_lease(ngx_http_rush_query_t *query,
    ngx_http_rush_phase_e phase, int64_t sent)
{
    int64_t                    ms;
    ngx_http_rush_lease_t     *lease;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;
    ms = c->lease;

    if (query->now < c->reopen) {
        ms = c->reopen - query->now;

    } else if (phase == ngx_http_rush_phase_sold_out && !c->none) {
        /* an item is, and others can still be won */
        return;
    }

    if (phase == ngx_http_rush_phase_early || ms == 0) {
        return;
    }

    lease = &c->granted;

    /* TIME is cut to ms, here and where reopen was set */

    lease->until = sent + (ms - 1) * 1000;
    lease->renew = sent + ms * 500;
    lease->phase = phase;
    lease->seq = c->seq;
    lease->made = c->made;
    lease->lost = query->lost;
}


static ngx_http_rush_gate_e
ngx_http_rush_gate_refused(ngx_http_rush_query_t *query,
    ngx_http_rush_phase_e phase)
{
    u_char                    *p;
    ngx_http_rush_campaign_t  *c;

    c = &query->campaign;
    query->line = ngx_http_rush_phases[phase];

    if (phase == ngx_http_rush_phase_early
        || phase == ngx_http_rush_phase_ended)
    {
        p = ngx_cpymem(query->buf, query->line.data, query->line.len);
        p = phase == ngx_http_rush_phase_early
            ? ngx_cpymem(p, "\tstarts:", sizeof("\tstarts:") - 1)
            : ngx_cpymem(p, "\tends:", sizeof("\tends:") - 1);
        p = ngx_http_rush_digits(p, phase == ngx_http_rush_phase_early
                                    ? c->starts : c->ends);

        query->line.data = query->buf;
        query->line.len = p - query->buf;
    }

    query->kind.data = c->kind;
    query->kind.len = c->kind_len;

    return ngx_http_rush_gate_refuse;
}
