package Rush::Book;

# What Redis holds of a campaign, for the audit: its numbers, the records of
# its users, and the life of every ticket as the events tell it.
#
#   my $book = Rush::Book->read($redis, 'rush:', 'lipstick', $changes,
#                               $uploads);
#
# The last two are a Rush::Changes and a Rush::Uploads.
#
#   $book->{campaign}   field -> value
#   $book->{records}    user -> { given, tickets => [ { seq, state, units,
#                       item, key, extra } ] }: extra is what a play adds
#   $book->{tickets}    seq -> { user, units, item, state, nth, won, spans,
#                       code, by }: state by the events, the won event's
#                       number and ms, spans [ from, to, nth ] of ms in which
#                       it was live, and the event that ended it, if one did;
#                       the code, and who redeemed it
#   $book->{of}         user -> [ seq ... ]
#   $book->{flaws}      what makes no sense in it: [ check, text ]
#   $book->{series}     '' or item -> { ms => [ ], left => [ ], what => [ ] }:
#                       what was left, after which word or change; or
#                       "perhaps" was; and "SUPPLY", as late as it can be
#   $book->{events}, $book->{won}, $book->{most}, $book->{over}
#
#   $book->least($item, $from, $to)   least units left between these ms
#   $book->scarce($from, $to)         there were none, or no supply


use strict;
use warnings;

my %LIVE  = map { $_ => 1 } qw(h c i d);
my %WORDS = (held => 'h', confirmed => 'c', issued => 'i', redeemed => 'd',
             released => 'r', expired => 'x', void => 'v');

my $SUPPLY = ' supply';                # no item can have this name

# what an event may follow, by state, and what it makes of it

my %MOVES = (confirmed => { h => 'c' }, released => { h => 'r' },
             expired => { h => 'x' }, retaken => { x => 'c' },
             redeemed => { i => 'd' },
             void => { c => 'v', i => 'v', v => 'w' });

my $BLOCK = 128;                       # events whose least is kept


sub read {
    my ($class, $redis, $prefix, $id, $changes, $uploads) = @_;
    my $book = bless { flaws => [] }, $class;
    my $key  = "$prefix\{$id}";

    for (1 .. 20) {
        my %before = pairs($redis, $key);
        my ($last) = newest($redis, $key);

        die "there is no campaign \"$id\"\n" if !defined $before{made};

        $book->{campaign} = \%before;
        $book->{changes}  = $changes;
        $book->{uploads}  = $uploads;
        $book->{records}  = {};
        $book->{stream}   = [];

        $changes->read($before{made});
        $book->read_records($redis, $key);
        $book->read_events($redis, $key);

        my %after = pairs($redis, $key);

        if (join(' ', map { $_ // '' } @before{sort keys %before}, $last)
            eq join(' ', map { $_ // '' } @after{sort keys %after},
                                          newest($redis, $key)))
        {
            $book->replay();
            return $book;
        }

        select undef, undef, undef, 0.3;
    }

    die "the campaign does not stand still\n";
}


sub pairs {
    my ($redis, $key) = @_;

    return @{$redis->call('HGETALL', $key)};
}


sub newest {
    my ($redis, $key) = @_;
    my $found = $redis->call('XREVRANGE', "$key:events", '+', '-',
                             'COUNT', 1);

    return @$found ? $found->[0][0] : '';
}


sub read_records {
    my ($book, $redis, $key) = @_;
    my $cursor = 0;

    do {
        my $reply = $redis->call('HSCAN', "$key:users", $cursor,
                                 'COUNT', 1000);
        my %some  = @{$reply->[1]};

        $cursor = $reply->[0];

        for my $user (keys %some) {
            next if $user eq '';
            $book->{records}{$user} = $book->record($user, $some{$user});
        }

    } while ($cursor ne '0');
}


sub record {
    my ($book, $user, $text) = @_;
    my ($given, @parts) = split /;/, $text, -1;
    my @tickets;

    $book->flaw('history', "record of $user: \"$text\"")
        if $given !~ /^\d+\z/;

    for (@parts) {
        my ($seq, $state, $units, $item, $till, $kid, $hash, @extra)
            = split /,/;

        if (!defined $kid || "$seq $state $units" !~ /^\d+ [a-z] \d*\z/) {
            $book->flaw('history', "record of $user: \"$text\"");
            next;
        }

        # what is not there, or empty: one unit, no key

        push @tickets, { seq => $seq, state => $state,
                         units => $units eq '' ? 1 : $units,
                         item => $item, key => $hash // '',
                         extra => [ map { decoded($_) } @extra ] };
    }

    return { given => $given, tickets => \@tickets };
}


sub decoded {
    my ($text) = @_;

    $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;

    return $text;
}


sub read_events {
    my ($book, $redis, $key) = @_;
    my $from = '-';

    while (1) {
        my $found = $redis->call('XRANGE', "$key:events", $from, '+',
                                 'COUNT', 1000);
        last if !@$found;

        $from = '(' . $found->[-1][0];

        for (@$found) {
            my ($ms) = $_->[0] =~ /^(\d+)-/;
            push @{$book->{stream}}, { @{$_->[1]}, ms => $ms };
        }
    }

    $book->{events} = @{$book->{stream}};
}


sub flaw {
    my ($book, $check, $text) = @_;

    push @{$book->{flaws}}, [ $check, $text ];
}


# the life of every ticket, and what was left at every moment

sub replay {
    my ($book) = @_;
    my @changes = @{$book->{changes}{list}};
    my @uploads = @{$book->{uploads}{list}};
    my ($nth, $last) = (0);

    $book->begin();

    for my $event (@{$book->{stream}}) {

        # of the same ms: more comes first, less last

        while (@changes
               && $changes[0]{ms} + ($changes[0]{more} < 0) <= $event->{ms})
        {
            $last = shift @changes;
            $book->change($last);
        }

        # all of an upload is there when it was answered

        $book->note($SUPPLY, $uploads[0]{done}, (shift @uploads)->{added}, '')
            while @uploads && $uploads[0]{done} < $event->{ms};

        my $delta = $book->event($event, $nth++) // next;

        $book->note($SUPPLY, $event->{ms}, -$event->{units}, 'won')
            if $book->{uploads}{known} && $event->{t} eq 'won';

        # units that came back, less those that left the stock for good

        $book->settle($event, $delta - drained($event, $book->{drained}));

        next if !$last || $last->{more} <= 0 || $last->{ms} < $event->{ms};

        # and perhaps it came after this

        $book->note('', $event->{ms}, -$last->{more}, 'perhaps');
        $book->note('', $event->{ms}, $last->{more}, 'perhaps');
    }

    $book->change($_) for @changes;
    $book->note($SUPPLY, $_->{done}, $_->{added}, '') for @uploads;
}


# back to the first stock, before anything was changed or void

sub begin {
    my ($book) = @_;
    my $campaign = $book->{campaign};
    my %total = ('' => $campaign->{stock});

    $total{$_} = $campaign->{"total:$_"} // 0
        for split ' ', $campaign->{items} // '';

    for (@{$book->{stream}}) {
        my $n = drained($_, $book->{drained} //= {}) or next;

        $total{$_->{item}} += $n if defined $_->{item};
        $book->{void} += $n;
    }

    $total{''} -= $_->{more} for @{$book->{changes}{list}};

    $book->{drained} = {};
    $book->{tickets} = {};
    $book->{first}   = defined $campaign->{codes} ? 'i' : undef;
    $book->{won}     = 0;
    $book->{over}    = [];
    $book->{most}    = {};
    $book->{left}    = \%total;

    $total{$SUPPLY} = 0 if $book->{uploads}{known};

    $book->note($_, 0, 0, '') for keys %total;
}


sub change {
    my ($book, $change) = @_;

    $book->note('', $change->{ms}, $change->{more}, $change);
}


sub settle {
    my ($book, $e, $delta) = @_;

    for my $item ('', $e->{item} // ()) {
        next if !exists $book->{left}{$item};

        $book->note($item, $e->{ms}, $delta, $e->{t});

        push @{$book->{over}}, [ $item, $e->{seq}, $book->{left}{$item} ]
            if $book->{left}{$item} < 0 && $e->{t} =~ /^(?:won|retaken)\z/;
    }
}


# units that a void takes out of the stock, below 0 if they come back later

sub drained {
    my ($event, $seen) = @_;

    return 0 if $event->{t} ne 'void';

    if ($event->{restock}) {
        return delete $seen->{$event->{seq}} ? -$event->{units} : 0;
    }

    $seen->{$event->{seq}} = 1;

    return $event->{units};
}


# one event: returns what comes back to the stock by it, nothing if the event
# makes no sense

sub event {
    my ($book, $e, $nth) = @_;
    my ($seq, $word) = ($e->{seq} // '', $e->{t} // '');
    my $t = $book->{tickets}{$seq};

    if ($seq !~ /^\d+\z/ || ($e->{units} // '') !~ /^\d+\z/
        || !defined $e->{user})
    {
        $book->flaw('events', "event $nth lacks seq, units or user");
        return;
    }

    if ($word eq 'won') {
        $book->{won}++;

        if ($t) {
            $book->flaw('owners', "seq $seq won by $t->{user} and by "
                                  . $e->{user});
            return -$e->{units};
        }

        $book->{tickets}{$seq} = {
            user => $e->{user}, units => $e->{units}, seq => $seq,
            item => $e->{item} // '', nth => $nth, won => $e->{ms},
            state => $book->{first} // (defined $e->{until} ? 'h' : 'c'),
            spans => [ [ $e->{ms} ] ], code => $e->{code}
        };

        push @{$book->{of}{$e->{user}}}, $seq;
        $book->count($e->{user}, $e->{units});

        return -$e->{units};
    }

    if (!$t || $t->{user} ne $e->{user} || $t->{units} != $e->{units}) {
        $book->flaw('events', "$word of seq $seq is not of a won ticket");
        return;
    }

    my $to = $MOVES{$word} ? $MOVES{$word}{$t->{state}} : undef;

    if (!defined $to) {
        $book->flaw('history', "seq $seq of $t->{user}: $word after "
                               . $t->{state});
        return;
    }

    $t->{by} = $e->{ref} if $word eq 'redeemed';

    $to = 'w' if $to eq 'v' && $e->{restock};

    return $book->move($t, $to, $e, $nth);
}


sub move {
    my ($book, $t, $to, $e, $nth) = @_;
    my ($was, $is) = map { $LIVE{$_} || 0 } $t->{state}, $to;
    my $delta = ($was - $is) * $t->{units};

    push @{$t->{spans}}, [ $e->{ms} ] if $is > $was;

    @{$t->{spans}[-1]}[1, 2] = ($e->{ms}, $nth) if $is < $was;

    $t->{state} = $to;
    push @{$t->{words}}, [ $e->{t}, $e->{ms} ];

    $book->count($t->{user}, -$delta) if $delta;

    return $delta;
}


# live units of a user; the most that he ever had at once

sub count {
    my ($book, $user, $units) = @_;
    my $n = $book->{live}{$user} += $units;

    $book->{most}{$user} = $n
        if !defined $book->{most}{$user} || $n > $book->{most}{$user};
}


# a series is what was left after each change

sub note {
    my ($book, $item, $ms, $delta, $what) = @_;
    my $left  = $book->{left}{$item} += $delta;
    my $s     = $book->{series}{$item} //= {};
    my $n     = push @{$s->{left}}, $left;
    my $block = int(($n - 1) / $BLOCK);

    push @{$s->{ms}}, $ms;
    push @{$s->{what}}, $what;

    $s->{least}[$block] = $left
        if !defined $s->{least}[$block] || $left < $s->{least}[$block];
}


sub least {
    my ($book, $item, $from, $to) = @_;
    my $s = $book->{series}{$item} or return 0;
    my ($low, $high) = (0, $#{$s->{ms}});

    # the last change before $from still stood then

    while ($low < $high) {
        my $mid = int(($low + $high + 1) / 2);

        if ($s->{ms}[$mid] < $from) { $low = $mid } else { $high = $mid - 1 }
    }

    my $least = $s->{left}[$low];

    for (my $i = $low + 1; $i <= $#{$s->{ms}} && $s->{ms}[$i] <= $to; $i++) {
        my $block = $i % $BLOCK == 0 && $i + $BLOCK <= $#{$s->{ms}}
                    && $s->{ms}[$i + $BLOCK - 1] <= $to;
        my $n = $block ? $s->{least}[$i / $BLOCK] : $s->{left}[$i];

        $least = $n if $n < $least;
        $i += $BLOCK - 1 if $block;
    }

    return $least;
}


sub scarce {
    my ($book, $from, $to) = @_;

    return $book->least('', $from, $to) <= 0
           || $book->{uploads}{known}
              && $book->least($SUPPLY, $from, $to) <= 0;
}


sub live {
    return $LIVE{$_[0]};
}


1;
