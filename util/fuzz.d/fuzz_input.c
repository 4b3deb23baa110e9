
/*
 * Copyright (C) 2026, the Rush authors
 *
 * Parts of an input, and what a text is said to be by the documentation:
 * written here once more, so that the module is not compared with itself.
 */


#include "fuzz.h"


ngx_uint_t
fuzz_byte(ngx_str_t *input)
{
    if (input->len == 0) {
        return 0;
    }

    input->len--;

    return *input->data++;
}


ngx_str_t
fuzz_line(ngx_str_t *input)
{
    u_char     *eol;
    ngx_str_t   line;

    line = *input;
    eol = input->len ? memchr(input->data, LF, input->len) : NULL;

    if (eol == NULL) {
        input->data += input->len;
        input->len = 0;
        return line;
    }

    line.len = eol - line.data;
    input->len -= line.len + 1;
    input->data = eol + 1;

    return line;
}


ngx_str_t
fuzz_copy(ngx_pool_t *pool, ngx_str_t *s)
{
    ngx_str_t  copy;

    copy.len = s->len;
    copy.data = ngx_pnalloc(pool, ngx_max(s->len, 1));
    fuzz_assert(copy.data);

    if (s->len) {
        ngx_memcpy(copy.data, s->data, s->len);
    }

    return copy;
}


ngx_str_t
fuzz_piece(ngx_str_t *rest, size_t all, ngx_uint_t mode)
{
    ngx_str_t  piece;

    piece.data = rest->data;

    switch (mode) {

    case 0:
        piece.len = rest->len;
        break;

    case 1:
        piece.len = 1;
        break;

    case 2:
        piece.len = (rest->len == all) ? (all + 1) / 2 : rest->len;
        break;

    default:
        piece.len = 4;
    }

    piece.len = ngx_min(piece.len, rest->len);

    rest->data += piece.len;
    rest->len -= piece.len;

    return piece;
}


ngx_str_t
fuzz_escape(ngx_pool_t *pool, ngx_str_t *s)
{
    size_t       i;
    fuzz_text_t  t;

    fuzz_text(&t, pool);

    for (i = 0; i < s->len; i++) {

        if (isalnum(s->data[i])) {
            fuzz_add(&t, &s->data[i], 1);

        } else {
            fuzz_print(&t, "%%%02Xd", s->data[i]);
        }
    }

    return t.text;
}


ngx_uint_t
fuzz_same(ngx_str_t *one, ngx_str_t *two)
{
    return one->len == two->len
           && (one->len == 0 || memcmp(one->data, two->data, one->len) == 0);
}


ngx_uint_t
fuzz_is_id(ngx_str_t *s)
{
    size_t  i;

    static const char  others[] = "_.:@-";

    for (i = 0; i < s->len; i++) {
        if (!(s->data[i] < 0x80 && isalnum(s->data[i]))
            && memchr(others, s->data[i], sizeof(others) - 1) == NULL)
        {
            return 0;
        }
    }

    return s->len >= 1 && s->len <= 64;
}


ngx_uint_t
fuzz_has_control(ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < ' ' || s->data[i] == 0x7f) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
fuzz_is_json(ngx_pool_t *pool, ngx_str_t *s)
{
    char        error[256];
    u_char     *text;
    yajl_val    tree;

    text = ngx_pnalloc(pool, s->len + 1);
    fuzz_assert(text);

    ngx_memcpy(text, s->data, s->len);
    text[s->len] = '\0';

    tree = yajl_tree_parse((char *) text, error, sizeof(error));
    yajl_tree_free(tree);

    return tree != NULL;
}


void
fuzz_text(fuzz_text_t *t, ngx_pool_t *pool)
{
    t->pool = pool;
    t->size = 256;
    t->text.len = 0;
    t->text.data = ngx_pnalloc(pool, t->size);
    fuzz_assert(t->text.data);
}


void
fuzz_add(fuzz_text_t *t, const void *data, size_t len)
{
    u_char  *p;

    if (t->text.len + len > t->size) {
        t->size = 2 * (t->text.len + len);

        p = ngx_pnalloc(t->pool, t->size);
        fuzz_assert(p);

        ngx_memcpy(p, t->text.data, t->text.len);
        ngx_pfree(t->pool, t->text.data);
        t->text.data = p;
    }

    if (len) {
        ngx_memcpy(t->text.data + t->text.len, data, len);
        t->text.len += len;
    }
}


void
fuzz_print(fuzz_text_t *t, const char *fmt, ...)
{
    u_char   buf[4096], *last;
    va_list  args;

    va_start(args, fmt);
    last = ngx_vslprintf(buf, buf + sizeof(buf), fmt, args);
    va_end(args);

    fuzz_assert(last < buf + sizeof(buf));
    fuzz_add(t, buf, last - buf);
}
