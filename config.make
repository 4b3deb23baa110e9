# A rule for nginx's Makefile: the table of plays is made again when a file of
# Lua has changed.  Its variables are those of config.

cat << END                                                    >> $NGX_MAKEFILE

$rush_source: $ngx_addon_dir/util/embed-lua $rush_lua; \
$rush_embed > \$@.new && mv \$@.new \$@

END
