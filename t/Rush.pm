package t::Rush;

# Test::Nginx::Socket with the module, a private Redis and these sections:
#
#   campaign        lines "ID MEMBER=VALUE ...": campaigns made before
#   redis           commands that are run before, after the campaigns
#   redis_after     lines "> COMMAND" with their replies: what is to be there
#                   in the end (t/Rush/Campaign.pm)
#   steps           requests, answers, and what happens between
#                   (t/Rush/Steps.pm)
#   proxy           rules of a Redis that misbehaves (t/Rush/Proxy.pm); nginx
#                   is sent to it instead of the private Redis
#   sent            what nginx sent to the proxy, but for greetings and sweeps
#   greeting        what it sent to the proxy, all of it
#   h2              the config is there once more, for HTTP/2, at $H of steps
#   upstream        the lines of logs/upstream.log
#   dies            nginx does not start, and an [emerg] line has this text, or
#                   the pattern behind "~"
#   no_redis        there is no rush_redis
#   no_secret_file  there is no rush_secret_file
#   no_audit        the campaigns are left as no campaign should be
#
# A block that has no rush_redis or rush_secret_file of its own gets one.  No
# block may log an alert, nor a warning or an error unless it has error_log.

use Test::Nginx::Socket -Base;

use File::Temp ();
use Test::More ();
use Time::HiRes qw(sleep);
use t::Rush::Campaign;
use t::Rush::Proxy;
use t::Rush::Steps;

our @EXPORT = @Test::Nginx::Socket::EXPORT;

Test::More::plan(skip_all => 'util/test runs this, with a private Redis')
    unless $ENV{TEST_NGINX_REDIS} || $^C;

# files with keys in them are for the owner only
umask 077;

my $dir = File::Temp::tempdir('rush-XXXXXX', TMPDIR => 1, CLEANUP => 1);

# perl -c, as util/style calls it, ends without cleaning up
CHECK { File::Temp::cleanup() if $^C }

my $log = "$dir/proxy.log";
my $blocks = 0;

my $quiet = qr/\[(?:alert|emerg|crit)\]/;
my $quieter = qr/\[(?:alert|emerg|crit|error|warn)\]/;

# with reloads a worker may still see what became of the block before
$quiet = $quieter = qr/\[(?:alert|emerg)\]/ if $ENV{TEST_NGINX_USE_HUP};

my $background = qr/^(?:CONNECT|AUTH|CLIENT|CONFIG|INFO|PING|SCRIPT|SELECT
                        |SWEEP|TIME|ZRANGE|ZRANGEBYSCORE|ZREM)\b/x;

# lines of the error log that are no matter of this block: none
$ENV{GONE} = '(?!)';

$ENV{TEST_NGINX_BINARY} //= 'nginx';
$ENV{TEST_NGINX_DIR} = $dir;
$ENV{TEST_NGINX_KEYS} = "$dir/keys";
$ENV{TEST_NGINX_PROXY} = "$dir/proxy.sock";
$ENV{TEST_NGINX_PROXY_PORT} = server_port() + 500;
$ENV{TEST_NGINX_SERVER_PORT} = server_port();
$ENV{TEST_NGINX_H2_PORT} = server_port() + 1;

open my $keys, '>', $ENV{TEST_NGINX_KEYS} or die "$ENV{TEST_NGINX_KEYS}: $!";
print $keys "k1:a secret of the tests, and no other\n";
close $keys;

no_long_string();
master_on();
worker_connections(1024);


my $proxy = sub {
    my $rules = shift;

    return t::Rush::Proxy::stop() if $rules eq 'off';

    t::Rush::Proxy::start(redis => $ENV{TEST_NGINX_REDIS}, log => $log,
                          path => $ENV{TEST_NGINX_PROXY}, rules => $rules,
                          port => $ENV{TEST_NGINX_PROXY_PORT});
};


# runs as post_setup_server_root: the nginx of the block before is gone, and
# that of this block is not there yet

our $Prepare;

my $prepare = sub {
    my $block = shift;

    t::Rush::Steps::begin($block->name);
    t::Rush::Campaign::clean($block->http_config
                             =~ /^\s*rush_prefix (\S+);/m ? $1 : undef);

    t::Rush::Campaign::campaign($_)
        for grep { /\S/ } split /\n/, $block->campaign // '';

    t::Rush::Campaign::run($_)
        for grep { /\S/ } split /\n/, $block->redis // '';

    unlink $log;
    $proxy->($block->proxy) if defined $block->proxy;
};


# With reloads a worker of the block before may have something left.  It must
# not find its way to the Redis of this block, which has a proxy in a place of
# its own; that the other proxy is gone may stand in the log.

my $apart = sub {
    my $block = shift;
    my $gone = "connect\\(\\) to \\S+proxy(?!$blocks\\.)\\d+\\.sock failed";

    $ENV{GONE} = $gone;
    $ENV{TEST_NGINX_PROXY} = "$dir/proxy$blocks.sock";

    my @none = split /\n/, $block->no_error_log // '';
    my $none = join '|', map { quotemeta . ($_ eq '[error]' ? "(?!.*$gone)"
                                                            : '') } @none;

    $block->set_value('no_error_log', qr/$none/)
        if grep { $_ eq '[error]' } @none;
};


add_block_preprocessor(sub {
    my $block = shift;

    my $config = $block->http_config // '';
    my $all = join "\n", $config, $block->config // '';
    my $redis = defined $block->proxy ? 'PROXY' : 'REDIS';
    my $defaults = '';

    $blocks++;
    $apart->($block) if $ENV{TEST_NGINX_USE_HUP};

    $defaults .= "rush_redis main { server unix:\$TEST_NGINX_$redis; }\n"
        unless $all =~ /^\s*rush_redis\b/m || defined $block->no_redis;

    $defaults .= "rush_secret_file \$TEST_NGINX_KEYS;\n"
        unless $all =~ /^\s*rush_secret_file\b/m
               || defined $block->no_secret_file;

    # a reload keeps a zone, and a block is to begin with an empty one
    $defaults .= "rush_zone zone=test$blocks:16m;\n"
        if $ENV{TEST_NGINX_USE_HUP} && $all !~ /^\s*rush_zone\b/m
           && !defined $block->no_redis;

    $defaults .= <<'END';
log_format upstream '$request_method $uri ticket=$http_x_ticket '
                    'outcome=$http_x_outcome body=$request_body';
END

    $block->set_value('config', $block->config // '');

    if (defined $block->h2) {
        my ($old, $new) = $ENV{TEST_NGINX_VERSION_NUM} < 1_025_001
                          ? (' http2;', '') : (';', 'http2 on;');

        $config .= "server {\nlisten \$TEST_NGINX_H2_PORT$old $new\n"
                   . $Test::Nginx::Util::ConfigPreamble . $block->config
                   . "\n}\n";
    }

    $block->set_value('http_config', $defaults . $config);

    $Prepare = sub { $prepare->($block) };
    $block->set_value('post_setup_server_root', '$t::Rush::Prepare->();');

    if (defined $block->dies) {
        my $text = join ' ', split ' ', $block->dies;

        $text =~ s{\$(TEST_NGINX_\w+)}{$ENV{$1}}g;

        my $pattern = $text =~ s/^~ // ? $text : quotemeta $text;

        $block->set_value('must_die', '');
        $block->set_value('error_log', qr/\[emerg\] .*(?:$pattern)/);
        $block->set_value('no_error_log', qr/\[(?:alert|crit)\]/);
    }

    if (defined $block->must_die) {
        $block->set_value('suppress_stderr', '');
        return;
    }

    # an alert that a block allows may come again while nginx ends
    my $end = defined $block->no_error_log ? qr/open socket|exited on signal/
                                           : qr/\[(?:alert|emerg)\]/;

    $block->set_value('no_shutdown_error_log', $end)
        unless defined $block->no_shutdown_error_log;

    $block->set_value('no_error_log',
                      defined $block->error_log ? $quiet : $quieter)
        unless defined $block->no_error_log;
});


my $helper = $Test::Nginx::Util::RunTestHelper;

$Test::Nginx::Util::RunTestHelper = sub {
    my ($block, $dry_run, $index) = @_;

    return $helper->($block, $dry_run, $index) unless defined $block->steps;

    my $sent = sub { split /\n/, t::Rush::file_text($log) };
    my $asked = sub { grep { $_ !~ $background } $sent->() };

    t::Rush::Steps::run($block->steps, proxy => $proxy, sent => $asked,
                        timeout => $block->timeout // timeout() + 2);

    # an answer may be read before its line in the log is written
    sleep($block->wait || 0.03);

    my $upstream = server_root() . '/logs/upstream.log';

    my %log = (upstream => t::Rush::file_text($upstream),
               sent => join("\n", $asked->()),
               greeting => join("\n", $sent->()));

    for my $section (sort keys %log) {
        my $want = $block->$section // next;

        t::Rush::Steps::compare($log{$section}, $want =~ s/\s+\z//r, $section);
    }

    &Test::Nginx::Socket::check_error_log($block, undef, $dry_run, $index, 0);
    &Test::Nginx::Socket::check_access_log($block, $dry_run, $index);
};


add_test_cleanup_handler(sub {
    my $block = shift;

    t::Rush::Proxy::stop();

    return if defined $block->must_die;

    for (split /^> /m, $block->redis_after // '') {
        my ($command, $want) = /^([^\n]+)\n(.*)\z/s or next;

        t::Rush::Steps::compare(t::Rush::Campaign::run($command),
                                $want =~ s/\s+\z//r, "redis_after: $command");
    }

    Test::More::is(join("\n", t::Rush::Campaign::audit()), '',
                   $block->name . ' - the campaigns are sound')
        unless defined $block->no_audit;
});


sub file_text () {
    open my $in, '<', $_[0] or return '';

    return join('', <$in>) =~ s/\n\z//r;
}
