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
#   settles ID VERB N  the tickets of each N-th win are settled by their codes,
#                      by the real script: "7 redeemed"
#   found ID           of each win, whose the code is: "7 of 7"
#   codes ID CODE...   codes are uploaded: "2 added, 1 duplicate"; also N CODE
#                      with %d in it, for 1 to N
#   check ID [USER]    the audit: true, false or null, and a problem a line;
#                      USER claims when it has begun
#   forget ID SEQ      the event of this win is deleted
#   user NAME PASSWORD a user of the ACL with the rights that docs/redis.md says
#                      are those of nginx
#   disk               Redis keeps all on its disk, and "disk off" nothing
#   midnight ID N      the campaign has the zone in which midnight was N to
#                      N + 1 minutes ago

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use JSON::PP ();
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
    return settles(@rest) if $word eq 'settles';
    return found(@rest) if $word eq 'found';
    return codes(@rest) if $word eq 'codes';
    return check(@rest) if $word eq 'check';
    return forget(@rest) if $word eq 'forget';
    return user(@rest) if $word eq 'user';
    return midnight(@rest) if $word eq 'midnight';
    return disk(@rest) if $word eq 'disk';

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


# an operation by the real script: its status and answers; calls are pairs of a
# user and fields

sub operation {
    my ($op, $id, @calls) = @_;
    my $kind = call('HGET', "$prefix\{$id}", 'kind');
    my $plays = "$util/../src/plays";
    my $play = Rush::Play->load($plays, $kind);
    my @keys = map { "$prefix\{$id}$_" }
                   '', map { ":$_" } 'users', 'events', @{ $play->{keys} };
    my ($frame, $tickets, $own, $last)
        = map { Rush::Play::slurp("$plays/$_.lua") }
              'lib/frame', 'lib/tickets', $kind, "lib/$op";

    my $reply = eval {
        call('EVAL', "$frame\n$tickets\ndo $own\nend\n$last",
             scalar @keys, @keys, 1, 1, 99_999_999_999_999, $kind, 'k1',
             @calls);
    } // return $@ =~ s{\n\z}{}r;

    my ($batch, $status, @more) = @$reply;

    # a number is a win that is like one before it
    return $status, map { s/^(\d+)\z/won\n$1/r } @more[7 .. 6 + @calls / 2];
}


# how many there are of each: "3 sold_out, 7 won"

sub sum {
    my %got;

    $got{$_}++ for @_;

    return join ', ', map { "$got{$_} $_" } sort keys %got;
}


sub claims {
    my ($id, $n, $user) = @_;
    my @users = map { $user =~ s/%d/$_/r } 1 .. $n;
    my @got;

    while (my @some = splice @users, 0, 256) {
        my ($status, @answers) = operation('claim', $id,
                                           map { ($_, '') } @some);

        return $status if $status ne 'ok';

        push @got, map { /^(\w+)/ } @answers;
    }

    return sum(@got);
}


# user, number and code of all wins of a campaign

sub wins {
    my ($key) = @_;
    my @events = map { +{ @{ $_->[1] } } }
                     @{ call('XRANGE', "$key:events", '-', '+') };

    return map { [ @$_{qw(user seq code)} ] } grep { $_->{t} eq 'won' } @events;
}


# settles by codes; what is answered, in their order

sub settle {
    my ($id, $verb, @codes) = @_;
    my @got;

    while (my @some = splice @codes, 0, 256) {
        my ($status, @answers)
            = operation('settle', $id,
                        map { ('', "$verb\t\t\t\t\tshop\t$_") } @some);

        die "$status\n" if $status ne 'ok';

        push @got, @answers;
    }

    return @got;
}


sub settles {
    my ($id, $verb, $step) = @_;
    my @wins = wins("$prefix\{$id}");
    my @codes = map { $wins[$_][2] } grep { $_ % $step == 0 } 0 .. $#wins;

    return sum(map { /^(\w+)/ } settle($id, $verb, @codes));
}


# no coupon can be confirmed, so that changes nothing

sub found {
    my ($id) = @_;
    my @wins = wins("$prefix\{$id}");
    my @got = settle($id, 'confirm', map { $_->[2] } @wins);

    my $right = grep { my ($user, $seq) = @{ $wins[$_] };
                       $got[$_] =~ /^\w+\tuser=\Q$user\E\t.*\n$seq\t/ }
                     0 .. $#wins;

    return "$right of " . @wins;
}


sub codes {
    my ($id, @codes) = @_;
    my %sum;

    if (@codes == 2 && $codes[0] =~ /^\d+$/ && $codes[1] =~ /%d/) {
        @codes = map { $codes[1] =~ s/%d/$_/r } 1 .. $codes[0];
    }

    while (my @some = splice @codes, 0, 500) {
        my ($status, $answer) = operation('codes', $id, '', join "\t", @some);

        return $status if $status ne 'ok';
        return $answer =~ s/\t/ /gr if $answer !~ /^found\t/;

        $sum{$1} += $2 while $answer =~ /(\w+):(\d+)/g;
    }

    return "$sum{added} added, $sum{duplicate} duplicate";
}


sub check {
    my ($id, $user) = @_;
    my $state = '';

    for (1 .. 100) {
        my ($status, $answer) = operation('check', $id, '', $state);

        return $status if $status ne 'ok';

        if ($answer !~ s/^more\tstate=//) {
            my ($is, $problems) = $answer
                =~ /^found\tconsistent:(\w+)\tproblems:(.*)\z/s
                or return $answer;

            return join "\n", $is, @{ JSON::PP->new->decode($problems) };
        }

        $state = $answer;

        claims($id, 1, $user) if defined $user;
        undef $user;
    }

    return 'no end';
}


sub forget {
    my ($id, $seq) = @_;
    my $key = "$prefix\{$id}:events";
    my ($entry) = grep { $_->[1][1] eq 'won' && $_->[1][5] eq $seq }
                       @{ call('XRANGE', $key, '-', '+') };

    return call('XDEL', $key, $entry->[0]);
}


sub user {
    my ($name, $password) = @_;
    my ($rights) = Rush::Play::slurp("$util/../docs/redis.md")
        =~ /^user rush on >\S+ (.*?)\n\n/ms;

    return call('ACL', 'SETUSER', $name, 'reset', 'on', ">$password",
                split ' ', $rights);
}


# what "durability disk" asks for, in force, or as util/test has it

sub disk {
    my ($off) = @_;

    call('CONFIG', 'SET', 'appendonly', $off ? 'no' : 'yes',
         'appendfsync', $off ? 'everysec' : 'always',
         'no-appendfsync-on-rewrite', 'no', 'maxmemory-policy', 'noeviction',
         'rdb-key-save-delay', 0);

    for (1 .. 100) {
        return 'OK' if $off || call('INFO', 'persistence')
                               =~ /aof_rewrite_in_progress:0/;
        select undef, undef, undef, 0.05;
    }

    return 'the AOF is rewritten for 5 s';
}


sub midnight {
    my ($id, $ago) = @_;
    my $minutes = int(call('TIME')->[0] / 60) - $ago;
    my $zone = (-$minutes) % 1440;

    $zone -= 1440 if $zone > 720;

    return call('HSET', "$prefix\{$id}", 'zone',
                sprintf '%s%02d:%02d', $zone < 0 ? '-' : '+',
                        int(abs($zone) / 60), abs($zone) % 60);
}


# What must hold in every campaign after every test: out and held are the
# units of its tickets, also by item, each win has one event, and no more is
# out than there is; of codes of a pool, those that are free stand in the list
# once, and each other one is that of one win.  Returns what does not hold.

sub audit {
    my @wrong;

    for my $key (@{ call('KEYS', '*') }) {
        my ($prefix, $id) = $key =~ /^(.*)\{([^}]+)\}$/ or next;

        # links have "made", too

        next unless call('TYPE', $key) eq 'hash'
                    && call('HEXISTS', $key, 'made')
                    && !call('HEXISTS', $key, 'json');

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
    push @wrong, audit_pool($key, %c) if defined $c{supply};

    return @wrong;
}


sub audit_pool {
    my ($key, %c) = @_;

    my %codes = @{ call('HGETALL', "$key:codes") };
    my @listed = sort @{ call('LRANGE', "$key:free", 0, -1) };
    my @free = sort grep { $codes{$_} eq '' } keys %codes;
    my %owner = map { $_ => $codes{$_} } grep { $codes{$_} ne '' } keys %codes;

    my %given = map { $_->[2] => "$_->[0],$_->[1]" } wins($key);
    my @wrong;

    push @wrong, "the codes \"@free\" are free and \"@listed\" listed"
        if "@free" ne "@listed";
    push @wrong, "supply is $c{supply}, with $c{out} out and " . @free . ' free'
        if $c{supply} != $c{out} + @free;
    push @wrong, 'owners of codes are not those who have won them'
        if join(';', %owner{sort keys %owner})
           ne join(';', %given{sort keys %given});

    return @wrong;
}

1;
