
/*
 * Copyright (C) 2026, the Rush authors
 *
 * The value of a member, checked by its type, and what is stored for it: a
 * number of ms for a duration or a time, 0 or 1, tags with spaces between
 * them, and the field "item:NAME" for each item.
 */


#include "campaign/ngx_http_rush_definition.h"


typedef ngx_int_t (*ngx_http_rush_value_pt)(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);


static ngx_int_t ngx_http_rush_value_integer(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_duration(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_boolean(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_time(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_object(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_tags(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_choice(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_zone(ngx_pool_t *pool,
    ngx_http_rush_member_t *member, ngx_http_rush_datum_t *json,
    ngx_str_t *value);
static ngx_int_t ngx_http_rush_value_number(ngx_pool_t *pool, int64_t n,
    ngx_str_t *value);
static int64_t ngx_http_rush_value_rfc3339(ngx_str_t *text);


/* in the order of ngx_http_rush_member_e */

static ngx_http_rush_value_pt  ngx_http_rush_values[] = {
    ngx_http_rush_value_integer,
    ngx_http_rush_value_duration,
    NULL,
    ngx_http_rush_value_boolean,
    ngx_http_rush_value_time,
    ngx_http_rush_value_object,
    ngx_http_rush_value_tags,
    ngx_http_rush_value_choice,
    ngx_http_rush_value_zone
};


ngx_int_t
ngx_http_rush_value(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_array_t *args)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    if (member->type == ngx_http_rush_member_items) {
        return ngx_http_rush_value_items(pool, member, json, args);
    }

    rc = ngx_http_rush_values[member->type](pool, member, json, &value);

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_http_rush_value_push(pool, args, member->fixed ? "fixed:" : "",
                                    &member->name, &value);
}


ngx_int_t
ngx_http_rush_value_push(ngx_pool_t *pool, ngx_array_t *args,
    const char *prefix, ngx_str_t *name, ngx_str_t *value)
{
    size_t      len;
    u_char     *p;
    ngx_str_t  *arg;

    arg = ngx_array_push_n(args, 2);
    if (arg == NULL) {
        return NGX_ERROR;
    }

    len = ngx_strlen(prefix);

    p = ngx_pnalloc(pool, len + name->len + value->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    arg[0].data = p;
    arg[0].len = len + name->len;

    p = ngx_cpymem(p, prefix, len);
    p = ngx_cpymem(p, name->data, name->len);

    arg[1].data = p;
    arg[1].len = value->len;

    if (value->len) {
        ngx_memcpy(p, value->data, value->len);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_value_number(ngx_pool_t *pool, int64_t n, ngx_str_t *value)
{
    value->data = ngx_pnalloc(pool, NGX_INT64_LEN);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    value->len = ngx_http_rush_digits(value->data, n) - value->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_value_integer(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    int64_t  n;

    if (json->type != ngx_http_rush_datum_number
        || ngx_http_rush_look_number(&json->text, &n) != NGX_OK
        || n < member->min || n > member->max)
    {
        return NGX_DECLINED;
    }

    return ngx_http_rush_value_number(pool, n, value);
}


static ngx_int_t
ngx_http_rush_value_duration(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    int64_t  n;

    if (json->type != ngx_http_rush_datum_number
        && json->type != ngx_http_rush_datum_string)
    {
        return NGX_DECLINED;
    }

    n = ngx_http_rush_duration(&json->text);

    if (n < member->min || n > member->max) {
        return NGX_DECLINED;
    }

    return ngx_http_rush_value_number(pool, n, value);
}


static ngx_int_t
ngx_http_rush_value_boolean(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    if (json->type != ngx_http_rush_datum_boolean) {
        return NGX_DECLINED;
    }

    return ngx_http_rush_value_number(pool, json->text.data[0] == 't', value);
}


static ngx_int_t
ngx_http_rush_value_time(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    int64_t  n;

    n = NGX_ERROR;

    if (json->type == ngx_http_rush_datum_string) {
        n = ngx_http_rush_value_rfc3339(&json->text);

    } else if (json->type == ngx_http_rush_datum_number
               && ngx_http_rush_look_number(&json->text, &n) != NGX_OK)
    {
        n = NGX_ERROR;
    }

    if (n < 0 || n > NGX_HTTP_RUSH_TIME_MAX) {
        return NGX_DECLINED;
    }

    return ngx_http_rush_value_number(pool, n, value);
}


/* "2026-11-11T00:00:00.000+08:00", the fraction may be missing (RFC 3339) */

static int64_t
ngx_http_rush_value_rfc3339(ngx_str_t *text)
{
    u_char     *p, *last;
    int64_t     ms, days;
    ngx_int_t   year, month, day, hour, min, sec, zh, zm, scale;

    static ngx_int_t  mday[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                                 31 };

    p = text->data;
    last = p + text->len;

    if (text->len < sizeof("2026-11-11T00:00:00Z") - 1 || p[4] != '-'
        || p[7] != '-' || (p[10] | 0x20) != 't' || p[13] != ':'
        || p[16] != ':')
    {
        return NGX_ERROR;
    }

    year = ngx_atoi(p, 4);
    month = ngx_atoi(p + 5, 2);
    day = ngx_atoi(p + 8, 2);
    hour = ngx_atoi(p + 11, 2);
    min = ngx_atoi(p + 14, 2);
    sec = ngx_atoi(p + 17, 2);

    if (year < 1970 || month < 1 || month > 12 || day < 1
        || day > mday[month - 1] || hour < 0 || hour > 23 || min < 0
        || min > 59 || sec < 0 || sec > 59
        || (month == 2 && day == 29
            && (year % 4 || (year % 100 == 0 && year % 400))))
    {
        return NGX_ERROR;
    }

    p += 19;
    ms = 0;

    if (*p == '.') {
        for (p++, scale = 100; p < last && *p >= '0' && *p <= '9'; p++) {
            ms += (*p - '0') * scale;
            scale /= 10;
        }

        if (p[-1] == '.') {
            return NGX_ERROR;
        }
    }

    /* days since 1970 in the Gregorian calendar, years from March on */

    if (month <= 2) {
        month += 12;
        year--;
    }

    days = 365 * (int64_t) year + year / 4 - year / 100 + year / 400
           + (153 * month - 457) / 5 + day - 719469;

    ms += (((days * 24 + hour) * 60 + min) * 60 + sec) * 1000;

    if (last - p == 1 && (*p | 0x20) == 'z') {
        return ms;
    }

    if (last - p != 6 || (*p != '+' && *p != '-') || p[3] != ':') {
        return NGX_ERROR;
    }

    zh = ngx_atoi(p + 1, 2);
    zm = ngx_atoi(p + 4, 2);

    if (zh < 0 || zh > 23 || zm < 0 || zm > 59) {
        return NGX_ERROR;
    }

    return ms - (*p == '+' ? 1 : -1) * (int64_t) (zh * 60 + zm) * 60000;
}


static ngx_int_t
ngx_http_rush_value_object(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    if (json->type != ngx_http_rush_datum_object
        || json->text.len > NGX_HTTP_RUSH_INFO_MAX)
    {
        return NGX_DECLINED;
    }

    *value = json->text;

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_value_choice(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    u_char  *p, *last, *end;

    *value = json->text;

    if (json->type != ngx_http_rush_datum_string || value->len == 0) {
        return NGX_DECLINED;
    }

    p = member->choice.data;
    last = p + member->choice.len;

    for ( /* void */ ; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '|');
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) == value->len
            && ngx_memcmp(p, value->data, value->len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_rush_value_zone(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    ngx_int_t  hours, minutes;

    *value = json->text;

    if (json->type != ngx_http_rush_datum_string || value->len != 6
        || (value->data[0] != '+' && value->data[0] != '-')
        || value->data[3] != ':')
    {
        return NGX_DECLINED;
    }

    hours = ngx_atoi(value->data + 1, 2);
    minutes = ngx_atoi(value->data + 4, 2);

    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_rush_value_tags(ngx_pool_t *pool, ngx_http_rush_member_t *member,
    ngx_http_rush_datum_t *json, ngx_str_t *value)
{
    if (json->type != ngx_http_rush_datum_array) {
        return NGX_DECLINED;
    }

    return ngx_http_rush_value_list(pool, &json->text, value);
}


u_char *
ngx_http_rush_value_allowed(u_char *p, u_char *last,
    ngx_http_rush_member_t *member)
{
    u_char  *s;

    switch (member->type) {

    case ngx_http_rush_member_integer:
        return ngx_slprintf(p, last, "a whole number from %L to %L",
                            member->min, member->max);

    case ngx_http_rush_member_duration:
        return ngx_slprintf(p, last, "a duration from %L to %L ms, a number "
                            "of ms or such as \"90s\", \"15m\", \"2h\" or "
                            "\"7d\"", member->min, member->max);

    case ngx_http_rush_member_items:
        return ngx_slprintf(p, last, "an object of up to %d different names, "
                            "from 1 to 64 bytes of A-Z a-z 0-9 _ . : @ -, with "
                            "whole numbers from %L to %L",
                            NGX_HTTP_RUSH_ITEMS_MAX, member->min, member->max);

    case ngx_http_rush_member_boolean:
        return ngx_slprintf(p, last, "true or false");

    case ngx_http_rush_member_time:
        return ngx_slprintf(p, last, "a time: ms since 1970, or RFC 3339 such "
                            "as \"2026-11-11T00:00:00+08:00\"");

    case ngx_http_rush_member_object:
        return ngx_slprintf(p, last, "an object of at most %d bytes",
                            NGX_HTTP_RUSH_INFO_MAX);

    case ngx_http_rush_member_tags:
        return ngx_slprintf(p, last, "an array of different tags, each from 1 "
                            "to 64 bytes of A-Z a-z 0-9 _ . : @ -, and not "
                            "more than %d bytes together",
                            NGX_HTTP_RUSH_TAGS_LEN);

    case ngx_http_rush_member_choice:
        *p++ = '"';

        for (s = member->choice.data;
             s < member->choice.data + member->choice.len;
             s++)
        {
            p = *s == '|' ? ngx_slprintf(p, last, "\" or \"")
                          : ngx_slprintf(p, last, "%c", *s);
        }

        return ngx_slprintf(p, last, "\"");

    default: /* ngx_http_rush_member_zone */
        return ngx_slprintf(p, last, "hours and minutes from UTC, such as "
                            "\"+08:00\"");
    }
}
