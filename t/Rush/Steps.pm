package t::Rush::Steps;

# Runs the section "steps" of a block: what happens in it, in order.
#
#   POST /claim?u=ann            a request, on a connection of its own,
#   X-User: ann                  its headers
#   | text                       and its body
#   200 {"outcome":"won",...}    the answer: JSON, ~ REGEX, or the very text,
#   Cache-Control: no-store      its headers, "~ REGEX" or "! Name",
#   | text                       or its body in lines
#
#   +POST /claim                 on the connection of the request before
#   &POST /claim                 at once with the next; their answers are read
#   &+POST /claim                when all are sent: together or pipelined
#   abort 0.1                    instead of an answer: left, by FIN or by RST
#   reset 0.1
#   none                         the connection is closed without an answer
#
#   ~POST /claim                 again for some seconds, while it is 503
#   many 40 POST /claim?u=u%d    so many at once, each on a connection of its
#   = 200 won 30                 own, or "row", one after another on one; %d
#   = 409 sold_out 10            is 1 to 40; then how many got what
#
#   wait 0.3                     seconds
#   campaign ID MEMBER=VALUE     the campaign is changed
#   delete ID                    it is removed
#   redis COMMAND                a command, of Redis or of t::Rush::Campaign,
#   = reply                      and its reply, if one stands there
#   asked                        what nginx has sent to the proxy since the last
#   = CLAIM rush:{sale} ann      "asked", but for greetings and the sweep; looks
#   = LOOK rush:{sale} bob       have a word of their own, and their users
#   proxy RULE                   the proxy gets these rules instead of others
#   proxy off                    it closes everything, and does not listen
#   reload s/old/new/            nginx reads its configuration again, after a
#                                command of sed, if there is one
#   restart                      it ends and starts again
#   $ COMMAND                    a command of the shell, further lines of it
#     MORE                       are indented, and what it prints; it knows
#   = output                     $U, nginx's URL, $H, that for HTTP/2, $R, its
#                                directory, $D, one for the test, and the
#                                commands "pid" and "start" for nginx
#
# Environment variables TEST_NGINX_... are replaced everywhere.  JSON answers
# have just the members that stand there, or more after "...".  Words in
# angles stand for values:
#
#   <now> <now+15m>    milliseconds, give or take a few seconds; also in
#                      requests and commands
#   <ticket> <any>     any ticket, anything
#   <T>                one value, the same wherever <T> is; also in requests
#   <x*64>             an x, 64 times; also in requests

use strict;
use warnings;

use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);
use t::Rush::Campaign;
use t::Rush::Http;

my $json = JSON::PP->new->canonical->allow_nonref;

my %unit = (ms => 1, s => 1000, m => 60_000, h => 3_600_000);
my $verbs = qr/^([~.&]?\+?)([A-Z]+) (\S+)( HTTP\/1\.0)?$/;

our $name;

my ($timeout, $proxy, $sent, $seen, $n, %known, @open, $last);


# a block begins

sub begin {
    $name = shift;
    $n = 0;
    %known = ();
    $seen = 0;
}


sub run {
    my ($text, %arg) = @_;

    ($timeout, $proxy, $sent) = @arg{qw(timeout proxy sent)};

    $text =~ s/\$(TEST_NGINX_\w+)/$ENV{$1} \/\/ die "no $1\n"/ge;

    eval {
        await();
        step($_) for parse(split /\n/, $text);
        finish();
        1;
    } or fail("$name - step $n: $@");

    @open = ();
    undef $last;
}


# nginx takes its time to listen, under valgrind on a busy machine

sub await {
    my $tries = $ENV{TEST_NGINX_USE_VALGRIND} ? 1000 : 100;

    for (1 .. $tries) {
        return if eval { t::Rush::Http->new(address(), $timeout) };
        sleep 0.1;
    }
}


sub address {
    return "127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}";
}


# steps with what belongs to them

sub parse {
    my @steps;

    for my $line (@_) {
        next if $line =~ /^\s*(?:#|$)/;

        if ($line =~ /^(?:wait|campaign|delete|redis|proxy|many|row|\$) /
            || $line =~ /^(?:asked|proxy|reload|restart)\b/
            || $line =~ $verbs)
        {
            push @steps, { line => $line, more => [] };

        } else {
            die "\"$line\" is no step\n" unless @steps;
            push @{ $steps[-1]{more} }, $line;
        }
    }

    return @steps;
}


sub step {
    my ($step) = @_;
    my ($word, $rest) = (split(' ', $step->{line}, 2), '');

    if ($step->{line} =~ $verbs) {
        finish() if @open && !$open[-1]{at_once};
        $n++;
        request($step, $1, $2, $3, $4 // ' HTTP/1.1');
        return;
    }

    finish();
    $n++;

    if ($word eq 'wait') {
        sleep $rest;

    } elsif ($word eq 'campaign') {
        t::Rush::Campaign::campaign(known($rest));

    } elsif ($word eq 'delete') {
        t::Rush::Campaign::remove($rest);

    } elsif ($word eq 'redis') {
        said($step, t::Rush::Campaign::run(known($rest)));

    } elsif ($word eq 'asked') {
        said($step, join "\n", asked());

    } elsif ($word eq 'proxy') {
        $proxy->(join "\n", $rest, @{ $step->{more} });

    } elsif ($word =~ /^(?:many|row)$/) {
        said($step, many($word, split ' ', known($rest)));

    } elsif ($word eq 'reload') {
        shell(($rest ? "sed -i '$rest' \$R/conf/nginx.conf &&" : '')
              . ' kill -HUP $(pid)');
        sleep 0.5;

    } elsif ($word eq 'restart') {
        shell('kill -QUIT $(pid);'
              . ' while [ -e $R/logs/nginx.pid ]; do sleep 0.05; done;'
              . ' start');
        await();

    } else {
        my @more = map { /^\s+(.*)/ ? $1 : () } @{ $step->{more} };

        said($step, shell(known(join "\n", $rest, @more)));
    }
}


# what has been sent since the last time; a look is TIME, an UNLINK of nothing,
# a read of the campaign, which the sweep does, too, and one of its users

sub asked {
    my @sent = $sent->();
    my @new = @sent[$seen .. $#sent];

    $seen = @sent;

    return map { s/^HMGET (\S+):users /LOOK $1 /r }
           grep { !/^HMGET \S+ kind |^UNLINK \S+:none$/ } @new;
}


# so many requests, at once or in a row, and how many got what

sub many {
    my ($how, $count, $method, $uri) = @_;
    my (@http, %got);

    my $request = sub {
        no warnings 'redundant';

        return "$method " . sprintf($uri, shift) . " HTTP/1.1\r\n"
               . "Host: localhost\r\n\r\n";
    };

    my $count_it = sub {
        my $answer = shift->answer($method);
        my ($outcome) = $answer->{body} =~ /"outcome":"(\w+)"/;

        $got{join ' ', $answer->{status}, $outcome // ()}++;
    };

    if ($how eq 'row') {
        for my $i (1 .. $count) {
            @http = t::Rush::Http->new(address(), $timeout)
                if $i % 500 == 1;

            $http[0]->send($request->($i));
            $count_it->($http[0]);
        }

    } else {
        @http = map { t::Rush::Http->new(address(), $timeout) } 1 .. $count;
        $http[$_ - 1]->send($request->($_)) for 1 .. $count;
        $count_it->($_) for @http;
    }

    return join "\n", map { "$_ $got{$_}" } sort keys %got;
}


sub shell {
    my $known = "U=http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}"
                . " H=http://127.0.0.1:$ENV{TEST_NGINX_H2_PORT}"
                . " R=$ENV{TEST_NGINX_SERVER_ROOT} D=$ENV{TEST_NGINX_DIR}\n"
                . "pid() { cat \$R/logs/nginx.pid; }\n"
                . "start() { $ENV{TEST_NGINX_BINARY} -p \$R/ -c conf/nginx.conf"
                . ' -e logs/error.log >/dev/null 2>&1 & }';

    my $out = qx($known\n$_[0]);

    chomp $out;

    return $out;
}


# what a command said, against its lines "= text"

sub said {
    my ($step, $got) = @_;

    my @want = map { /^=\s?(.*)/ ? $1 : () } @{ $step->{more} };

    compare($got, join("\n", @want), "step $n: $step->{line}") if @want;
}


# the values known so far, in a request or a command

sub known {
    my $text = shift;

    $text =~ s/<([A-Z]\w*)>/$known{$1} \/\/ "<$1>"/ge;
    $text =~ s/<(\w)\*(\d+)>/$1 x $2/ge;
    $text =~ s/<now(?:([-+])(\d+)(ms|s|m|h))?>/now($1, $2, $3)/ge;

    return $text;
}


# ms since 1970, some time ago or ahead

sub now {
    my ($sign, $n, $unit) = @_;

    return int(Time::HiRes::time() * 1000)
           + ($sign ? "${sign}1" * $n * $unit{$unit} : 0);
}


sub request {
    my ($step, $how, $method, $uri, $version) = @_;

    my (@headers, @body, @answer);

    for my $line (@{ $step->{more} }) {
        if (@answer || $line =~ /^(?:\d{3}\b|(?:abort|reset) |none$)/) {
            push @answer, $line;

        } elsif ($line =~ /^\|\s?(.*)/) {
            push @body, $1;

        } else {
            push @headers, known($line);
        }
    }

    my $body = known(join "\n", @body);
    my $head = join '', map { "$_\r\n" } @headers;

    $head .= "Host: localhost\r\n" unless $head =~ /^Host:/mi;
    $head .= 'Content-Length: ' . length($body) . "\r\n"
        if @body && $head !~ /^(?:Content-Length|Transfer-Encoding):/mi;

    my $raw = "$method " . known($uri) . "$version\r\n$head\r\n$body";

    my $open = { method => $method, answer => \@answer,
                 at_once => scalar($how =~ /&/),
                 raw => $how =~ /~/ && $raw,
                 step => "step $n: $step->{line}" };

    if ($how =~ /\+/) {
        die "no connection to go on with\n" unless $last;
        $open->{http} = $last;

    } else {
        $open->{http} = $last = t::Rush::Http->new(address(), $timeout);
    }

    $open->{http}{out} .= $raw;
    $open->{http}{bytes} = $how =~ /\./;
    push @open, $open;

    finish() unless $open->{at_once};
}


# sends the requests that are open, and reads their answers

sub finish {
    for my $open (@open) {
        my $out = delete $open->{http}{out} // next;

        my @packets = $open->{http}{bytes} ? split //, $out : $out;

        for my $packet (@packets) {
            $open->{http}->send($packet);
            sleep 0.0005 if @packets > 1;
        }
    }

    while (my $open = shift @open) {
        local $name = "$name - $open->{step}";
        my ($first, @more) = @{ $open->{answer} };

        if (!defined $first) {
            next;

        } elsif ($first =~ /^(abort|reset) (\S+)/) {
            sleep $2;
            $open->{http}->leave($1 eq 'reset');

        } elsif ($first eq 'none') {
            ok(!$open->{http}->more, "$name is not answered");

        } else {
            my $answer = $open->{http}->answer($open->{method});

            for (1 .. 60) {
                last unless $open->{raw} && $answer->{status} == 503;

                sleep 0.1;
                $open->{http}->send($open->{raw});
                $answer = $open->{http}->answer($open->{method});
            }

            answer($answer, $first, @more);
        }
    }
}


sub answer {
    my ($got, $first, @more) = @_;

    my ($status, $body) = $first =~ /^(\d+)(?: (.*))?$/;
    my @lines;

    is($got->{status}, $status, "$name - status") or diag($got->{body});

    for my $line (@more) {
        if ($line =~ /^\|\s?(.*)/) {
            push @lines, $1;

        } elsif ($line =~ /^! (\S+)/) {
            is($got->{headers}{lc $1}, undef, "$name - no header $1");

        } elsif ($line =~ /^([^:\s]+):\s*(.*)/) {
            compare($got->{headers}{lc $1} // '', $2, "header $1");

        } else {
            die "\"$line\" is nothing of an answer\n";
        }
    }

    $body = join "\n", @lines if @lines;

    if (!defined $body) {
        return;

    } elsif ($body =~ /^\{"/) {
        is(($got->{headers}{'content-type'} // '') =~ s/;.*//r,
           'application/json', "$name - header Content-Type");
        json($got->{body}, $body);

    } else {
        compare($got->{body} =~ s/\n\z//r, $body, 'body');
    }
}


# text against the very text, or the pattern behind a tilde

sub compare {
    my ($got, $want, $what) = @_;

    if ($want =~ /^~ (.*)/s) {
        my $pattern = known($1);

        return like($got, qr/$pattern/, "$name - $what");
    }

    return json($got, $want) if $want =~ /^\{"/;

    for my $word ($want =~ /<([A-Z]\w*)>/g) {
        next if defined $known{$word};

        my ($before, $after) = $want =~ /^(.*)<$word>(.*)$/s;

        $known{$word} = $1
            if $got =~ /^\Q$before\E(\S*?)\Q$after\E$/s;
    }

    is($got, known($want), "$name - $what");
}


sub json {
    my ($text, $want) = @_;

    my $more = $want =~ s/,?\s*\.\.\.\s*\}$/}/;
    $want =~ s/<(\w)\*(\d+)>/$1 x $2/ge;
    $want =~ s/(?<!")(<[^<>"]+>)/"$1"/g;

    my $have = eval { $json->decode($text) };

    if (!defined $have) {
        fail("$name - JSON");
        diag("this is no JSON: $text");
        return;
    }

    $want = eval { $json->decode($want) } // die "in \"$want\": $@";

    if ($more) {
        $have = { map { $_ => $have->{$_} } grep { exists $have->{$_} }
                      keys %$want };
    }

    $want = fill($want, $have);

    is($json->encode($have), $json->encode($want), "$name - JSON")
        or diag("it was: $text");
}


# puts what is there in the place of the words in angles that allow it

sub fill {
    my ($want, $have) = @_;

    if (ref $want eq 'HASH') {
        my %have = ref $have eq 'HASH' ? %$have : ();

        return { map { $_ => fill($want->{$_}, $have{$_}) } sort keys %$want };
    }

    if (ref $want eq 'ARRAY') {
        my @have = ref $have eq 'ARRAY' ? @$have : ();

        return [ map { fill($want->[$_], $have[$_]) } 0 .. $#$want ];
    }

    return $want unless defined $have && !ref $have
                        && ($want // '') =~ /^<([^<>]+)>$/;

    my $word = $1;

    if ($word =~ /^now(?:([-+])(\d+)(ms|s|m|h))?$/) {
        my $time = now($1, $2, $3);

        return $json->encode($have) =~ /^\d+$/ && abs($have - $time) < 5000
            ? $have : $want;
    }

    if ($word eq 'ticket') {
        return $have =~ /^[\w.:\@-]+(?:~[\w.:\@-]+){4}~[\w-]{43}$/
            ? $have : $want;
    }

    return $have if $word eq 'any';

    $known{$word} //= $have;

    return $known{$word};
}

1;
