# The recipes of docs/links.md, word for word and each of its own, with
# conf/examples/qr-scan.conf: what they do, and what they print.

use lib '.';
use t::Rush 'no_plan';

my $text = t::Rush::file_text('docs/links.md');
my ($recipes) = $text =~ /^## Recipes\n(.*?)(?=^## |\z)/ms
    or die "docs/links.md has no recipes\n";


# what all of them know: $A, and what is told before the first one; curl tells
# of no progress, and redis-cli finds the Redis of this test

my ($told) = $recipes =~ /^```sh\n(.*?)^```$/ms;

my $known = write_file('recipes.sh', <<"_EOC_" . $told);
cd $ENV{TEST_NGINX_DIR}
PATH=$ENV{TEST_NGINX_DIR}:\$PATH
A=http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}
curl() { command curl -sS "\$@"; }
_EOC_

chmod 0755, write_file('redis-cli', <<"_EOC_");
#!/bin/sh
PATH=\${PATH#*:}
exec \$(command -v redis-cli || command -v valkey-cli) \\
    -s $ENV{TEST_NGINX_REDIS} "\$@"
_EOC_


# the example: what is in http {}, and what is in its server {}

my ($http, $server) = t::Rush::file_text('conf/examples/qr-scan.conf')
    =~ /^http \{\n(.*?)^ {4}server \{\n(.*?)^ {4}\}\n/ms;

for ($http, $server) {
    s/^ *(?:access_log|keepalive_timeout|listen|server_name)\b.*\n//mg;
    s/127\.0\.0\.1:6379/unix:$ENV{TEST_NGINX_REDIS}/;
    s/rush\.keys/$ENV{TEST_NGINX_KEYS}/;
}


my $spec = '';
my $n = 0;

# the first piece is what comes before the recipes

for my $recipe (grep { !/^\n/ } split /^### /m, $recipes) {
    my ($title) = $recipe =~ /^(.*)/;

    $n++;
    $spec .= "=== TEST $n: $title\n"
             . "--- http_config\n" . $http =~ s/zone=rush:/zone=recipe$n:/r
             . "--- config\n$server"
             . "--- steps\n" . steps($recipe);
}

Test::Base::spec_string($spec);
no_shuffle();
run_tests();


sub write_file {
    my ($name, $content) = @_;
    my $file = "$ENV{TEST_NGINX_DIR}/$name";

    open my $out, '>', $file or die "$file: $!";
    print $out $content;
    close $out;

    return $file;
}


sub steps {
    my $recipe = shift;
    my $steps = "~GET /rush/campaigns\n200\n";

    for my $block ($recipe =~ /^```\n(.*?)^```$/msg) {
        for (split /^(?=\$ )/m, $block) {
            my ($command, $printed) = /^\$ (.*\n(?: +.*\n)*)(\S(?s:.*))\z/
                or die "docs/links.md: what does this print?\n$_";

            $steps .= "\$ . $known\n" . $command =~ s/^/  /mgr
                      . printed($printed);
        }
    }

    return $steps;
}


# as it stands there, but for times, days, tickets, signatures, codes of
# coupons, and where lines are broken

sub printed {
    my $text = shift =~ s/\n+\z//r;

    if ($text =~ /^\{"/) {
        return '= ' . $text =~ s/\n +//gr
                            =~ s/"[^"]*\.\.\."/<any>/gr
                            =~ s/"[^"]*\.\d+\.[\w-]{16}"/<any>/gr
                            =~ s/"[0-9a-f]{16}"/<any>/gr
                            =~ s/"\d{4}-\d\d-\d\d"/<any>/gr
                            =~ s/:\K\d{13}\b/<any>/gr . "\n";
    }

    my $pattern = quotemeta($text =~ s/\n +//gr)
                  =~ s/\\\n/\n= /gr
                  =~ s/\d{13}/\\d{13}/gr
                  =~ s/(?:\w|\\-)*(?:\\\.){3}/[\\w~-]+/gr;

    return "= ~ ^$pattern\$\n";
}
