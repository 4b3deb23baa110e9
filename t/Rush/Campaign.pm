package t::Rush::Campaign;

# The private Redis of the tests, and what a campaign looks like from inside.
# Beside the commands of Redis, run() knows
#
#   counters ID        total 10, out 1, seq 1, held 0, void 0; red 1/5
#   events ID          an event a line: won ann 1 units=1 item=red until
#   tickets ID USER    given 1; 1 held 1 red
#   closed ID          no, "sold_out for 2s" (to the next second) or "over"
#   claims ID N USER   claims by the real script, as from another nginx; USER
#                      has %d in it, for 1 to N: "3 sold_out, 7 won"

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use POSIX qw(ceil);
use Text::ParseWords ();

my $util;

BEGIN {
    $util = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../../util');
}

use lib "$util/lib";
use Rush::Play;
use Rush::Redis;

my %words = (h => 'held', c => 'confirmed', i => 'issued', d => 'redeemed',
             r => 'released', x => 'expired', v => 'void', w => 'restocked');

my ($redis, $prefix);


sub address {
    return "unix:$ENV{TEST_NGINX_REDIS}";
}


# begins with an empty Redis

sub clean {
    $prefix = $_[0] // 'rush:';
    call('FLUSHALL');
}


sub call {
    $redis //= Rush::Redis->new(address());

    return $redis->call(@_);
}


# "ID MEMBER=VALUE ..." makes or changes a campaign, a sale if it says nothing;
# options of util/campaign may come before

sub campaign {
    my ($id, @members) = Text::ParseWords::shellwords(shift);
    my @options;

    while ($id =~ /^-/) {
        push @options, $id, shift @members;
        $id = shift @members;
    }

    unshift @members, 'kind=sale'
        if !grep(/^kind=/, @members)
           && !call('HEXISTS', "$prefix\{$id}", 'made');

    tool(@options, 'set', $id, @members);
}


sub remove {
    tool('del', @_);
}


sub tool {
    my @words = ("$util/campaign", '-r', address(), '-p', $prefix, @_);

    open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @words
        or die "cannot run util/campaign: $!\n";

    my $said = join '', <$pipe>;

    close $pipe or die "util/campaign @_: $said\n";
}


# a command, and its reply as redis-cli prints it to a pipe

sub run {
    my ($word, @rest) = Text::ParseWords::shellwords(shift);

    return counters(@rest) if $word eq 'counters';
    return events(@rest) if $word eq 'events';
    return tickets(@rest) if $word eq 'tickets';
    return closed(@rest) if $word eq 'closed';
    return claims(@rest) if $word eq 'claims';

    return eval { text(call($word, @rest)) } // $@ =~ s{\n\z}{}r;
}


sub text {
    my $reply = shift;

    return ref $reply ? join "\n", map { text($_) } @$reply : $reply // '';
}


sub counters {
    my %c = @{ call('HGETALL', "$prefix\{$_[0]}") };

    my $s = join ', ', map { "$_ " . ($c{$_} // '?') }
                           qw(total out seq held void);

    $s .= "; $_ $c{\"out:$_\"}/$c{\"total:$_\"}"
        for sort split ' ', $c{items} // '';

    return $s;
}


sub events {
    my ($id) = @_;
    my @lines;

    for my $entry (@{ call('XRANGE', "$prefix\{$id}:events", '-', '+') }) {
        my @fields = @{ $entry->[1] };
        my %e = @fields;
        my $s = "$e{t} $e{user} $e{seq}";

        while (my ($name, $value) = splice @fields, 0, 2) {
            next if $name =~ /^(?:t|user|seq)$/;
            $s .= $name eq 'until' ? ' until' : " $name=$value";
        }

        push @lines, $s;
    }

    return join "\n", @lines;
}


# how many tickets a record was ever given, and those it knows: number, state,
# units, item

sub record {
    my ($given, @tickets) = split /;/, shift;

    return $given, map {
        my ($seq, $state, $units, $item) = split /,/;
        [ $seq, $state, $units eq '' ? 1 : $units, $item // '' ];
    } @tickets;
}


sub tickets {
    my ($id, $user) = @_;
    my $text = call('HGET', "$prefix\{$id}:users", $user);

    return 'none' unless defined $text;

    my ($given, @tickets) = record($text);

    return join '; ', "given $given",
        map { join ' ', $_->[0], $words{$_->[1]}, $_->[2],
                        $_->[3] ne '' ? $_->[3] : () } @tickets;
}


# what keeps a campaign closed until leases are over

sub closed {
    my ($reopen, $word) = @{ call('HMGET', "$prefix\{$_[0]}", 'reopen',
                                  'closed') };

    return 'no' unless $reopen;

    my $time = call('TIME');
    my $ms = $reopen - $time->[0] * 1000 - int($time->[1] / 1000);

    return $ms > 0 ? "$word for " . ceil($ms / 1000) . 's' : 'over';
}


sub claims {
    my ($id, $n, $user) = @_;
    my @users = map { $user =~ s/%d/$_/r } 1 .. $n;
    my @keys = map { "$prefix\{$id}$_" } '', ':users', ':events';
    my $kind = call('HGET', $keys[0], 'kind');
    my %got;

    my $script = join "\n", map { Rush::Play::slurp("$util/../src/plays/$_") }
                                 'lib/frame.lua', "$kind.lua", 'lib/claim.lua';

    while (my @some = splice @users, 0, 256) {
        my ($batch, $status, @more)
            = @{ call('EVAL', $script, 3, @keys, 1, 1, 99_999_999_999_999,
                      $kind, 'k1', map { ($_, '') } @some) };

        return $status if $status ne 'ok';

        $got{$_}++ for map { /^(\w+)/ } @more[7 .. $#more];
    }

    return join ', ', map { "$got{$_} $_" } sort keys %got;
}


# What must hold in every campaign after every test: out and held are the
# units of its tickets, also by item, each win has one event, and no more is
# out than there is.  Returns what does not hold.

sub audit {
    my @wrong;

    for my $key (@{ call('KEYS', '*') }) {
        my ($prefix, $id) = $key =~ /^(.*)\{([^}]+)\}$/ or next;

        next unless call('TYPE', $key) eq 'hash'
                    && call('HEXISTS', $key, 'made');

        push @wrong, map { "$key: $_" } audit_one($key);
    }

    return @wrong;
}


sub audit_one {
    my ($key) = @_;

    my %c = @{ call('HGETALL', $key) };
    my %users = @{ call('HGETALL', "$key:users") };
    my ($given, $held, %live) = (0, 0);

    for my $user (grep { $_ ne '' } keys %users) {
        my ($n, @tickets) = record($users{$user});

        $given += $n;

        for my $t (@tickets) {
            next unless $t->[1] =~ /[hcid]/;
            $live{$_} += $t->[2] for '', $t->[3] ne '' ? $t->[3] : ();
            $held += $t->[2] if $t->[1] eq 'h';
        }
    }

    my $won = grep { { @{ $_->[1] } }->{t} eq 'won' }
                   @{ call('XRANGE', "$key:events", '-', '+') };

    my @sums = ([ 'out', $c{out}, $live{''} // 0 ],
                [ 'held', $c{held}, $held ],
                [ 'seq by tickets', $c{seq}, $given ],
                [ 'seq by events', $c{seq}, $won ]);

    push @sums, [ "out of $_", $c{"out:$_"}, $live{$_} // 0 ]
        for split ' ', $c{items} // '';

    my @wrong = map { "$_->[0] is $_->[1] and not $_->[2]" }
                    grep { $_->[1] != $_->[2] } @sums;

    push @wrong, "$c{out} out of $c{total}" if $c{out} > $c{total};

    return @wrong;
}

1;
