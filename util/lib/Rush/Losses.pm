package Rush::Losses;

# The checks of losses: nobody who held a ticket is told of one (I4), there
# is a reason, and nobody wins while others may be refused from memory.
#
#   my $losses = Rush::Losses->new($book, \%opt, \%checked);
#
#   $losses->known($seq, $done)       it was told by then
#   $losses->check($line, @tickets)   a line of the ledger, what it names
#   $losses->leases()
#
# The last two return what they find, [ check, text ].  Times of the ledger
# are microseconds; those of events are ms, cut: what has the ms M happened
# by M + 1, and not before M.


use strict;
use warnings;


sub new {
    my ($class, $book, $opt, $checked) = @_;
    my $c = $book->{campaign};

    $checked->{$_} //= 0 for qw(losses left lease);

    return bless { book => $book, checked => $checked,
                   slack => $opt->{slack}, clock => $opt->{clock},
                   slow => slow($opt->{slow}),
                   timeless => $opt->{slack} < 0 || defined $opt->{stock},
                   lease => $c->{lease} || 0,
                   limit => $opt->{'per-user'} // $c->{per_user} }, $class;
}


# second -> ms of the slowest command that ended then

sub slow {
    my ($file) = @_;
    my %slow;

    return \%slow if !defined $file;

    open my $fh, '<', $file or die "\"$file\": $!\n";

    while (<$fh>) {
        my ($second, $us) = /^(\d+) (\d+)$/
            or die "\"$file\" line $.: not SECOND MICROSECONDS\n";
        my $ms = int($us / 1000) + 1;

        $slow{$second} = $ms if $ms > ($slow{$second} // 0);
    }

    return \%slow;
}


sub known {
    my ($self, $seq, $done) = @_;
    my $known = \$self->{known}{$seq};

    $$known = $done if !defined $$known || $done < $$known;
}


sub check {
    my ($self, $line, @tickets) = @_;
    my %named = map { (split /~/)[3] // '' => 1 } @tickets;

    $self->{checked}{losses}++;

    my $held = $self->held($line, $self->spans($line->{user}, \%named));
    my @found;

    push @found, [ 'losses', "he held $held" ] if defined $held;

    return @found if $self->{timeless};

    $self->{checked}{left}++;

    my $why = $self->unreasonable($line);

    push @found, [ 'left', $why ] if defined $why;

    return @found;
}


# when a user certainly held tickets that the answer does not name

sub spans {
    my ($self, $user, $named) = @_;
    my $book = $self->{book};
    my @spans;

    for my $seq (grep { !$named->{$_} } @{$book->{of}{$user} // []}) {
        for my $span (@{$book->{tickets}{$seq}{spans}}) {
            push @spans, [ $self->span($seq, @$span), $seq ];
        }
    }

    # one after the other, an answer that names some may lack any of them

    return @spans if %$named;

    my @joined;

    for my $s (sort { $a->[0] <=> $b->[0] } @spans) {
        my $last = $joined[-1];

        if (!$last || $s->[0] > $last->[1]) {
            push @joined, [ @$s ];
            next;
        }

        $last->[2] .= ", $s->[2]";
        $last->[1]  = $s->[1] if $s->[1] > $last->[1];
    }

    return @joined;
}


# from when on a ticket was live for certain, and till when

sub span {
    my ($self, $seq, $from, $to) = @_;
    my $clock = $self->{clock} * 1000;
    my $first = $from == $self->{book}{tickets}{$seq}{won};
    my $known = $first ? $self->{known}{$seq} : undef;

    if ($clock < 0) {
        return (defined $known ? $known : 9e18, defined $to ? 0 : 9e18);
    }

    $from = $from * 1000 + 1000 + $clock;
    $from = $known if defined $known && $known < $from;
    $to   = defined $to ? $to * 1000 - $clock : 9e18;

    return ($from, $to);
}


sub held {
    my ($self, $line, @spans) = @_;

    for (@spans) {
        my ($from, $to, $seq) = @$_;

        next if $line->{sent} <= $from || $line->{done} >= $to;

        return "seq $seq from $from till "
               . ($to < 9e18 ? $to : 'now')
               . ", asked $line->{sent}, was told $line->{done}";
    }

    return;
}


# was there no moment at which it was so?  Then says what was.

sub unreasonable {
    my ($self, $line) = @_;
    my $book = $self->{book};
    my $word = $line->{outcome};
    my $from = int($line->{sent} / 1000) - $self->{slack};
    my $to   = int($line->{done} / 1000) + $self->{slack};

    if ($word eq 'sold_out') {
        return if $book->scarce($from - $self->{lease}, $to);

        for my $item ('', $line->{item} ne '-' ? $line->{item} : ()) {
            return if $book->least($item, $from, $to) < $line->{units};
        }

        return 'there were units left';
    }

    if ($word eq 'paused' || $word eq 'ended') {
        my $changes = $book->{changes};

        return if !$changes->{known}
                  || $changes->was($word, $from - $self->{lease}, $to);

        return "the campaign was not $word";
    }

    return $word eq 'limit' ? $self->unlimited($line, $from, $to) : undef;
}


sub unlimited {
    my ($self, $line, $from, $to) = @_;
    my $book  = $self->{book};
    my $tries = $book->{campaign}{tries};
    my ($live, $given) = (0, 0);

    for my $seq (@{$book->{of}{$line->{user}} // []}) {
        my $t = $book->{tickets}{$seq};

        $given++ if $t->{won} <= $to;

        $live += $t->{units}
            if grep { $_->[0] <= $to
                      && (!defined $_->[1] || $_->[1] >= $from) }
                    @{$t->{spans}};
    }

    return if $live + $line->{units} > $self->{limit} || $given >= $tries;

    return "he had $live of $self->{limit}, and won $given times";
}


# What comes back to none, or opens again, is given when all leases are over.

sub leases {
    my ($self) = @_;
    my $s = $self->{book}{series}{''};
    my %now = (left => $s->{left}[0], paused => 0, ends => 0, ms => 0,
               supply => $self->{book}{uploads}{known} ? 0 : 9e15);
    my @uploads = sort { $a->{sent} <=> $b->{sent} }
                       @{$self->{book}{uploads}{list}};
    my $reopen = 0;
    my @found;

    return if $self->{timeless};

    for my $i (1 .. $#{$s->{ms}}) {
        my ($ms, $what) = ($s->{ms}[$i], $s->{what}[$i]);

        $reopen = $self->supplied(\%now, shift @uploads, $reopen)
            while @uploads && $uploads[0]{sent} <= $ms;

        my %was = %now;

        next if $what eq 'perhaps';

        $now{left} = $s->{left}[$i];
        $now{supply}-- if $what eq 'won';
        @now{qw(paused ends ms)} = @$what{qw(paused ends ms)} if ref $what;

        push @found, $self->early(\%now, $ms, $reopen)
            if $what eq 'won';

        my $opens = ref $what ? closed(\%was, $ms) && !closed(\%now, $ms)
                              : $was{left} <= 0 && $now{left} > 0
                                && $now{supply} > 0;

        $reopen = $ms - $self->late($ms) + $self->{lease} if $opens;
    }

    return @found;
}


# An event is stamped when it is written, and a lease counts from when its
# script began, which was so many ms before, at most.

sub late {
    my ($self, $ms) = @_;
    my $late = 0;

    for my $second (int($ms / 1000), int($ms / 1000) + 1) {
        my $slow = $self->{slow}{$second} // next;

        $late = $slow if $slow > $late;
    }

    return $late;
}


# codes may be there as soon as they were sent; returns when it opens

sub supplied {
    my ($self, $now, $upload, $reopen) = @_;
    my $sent = $upload->{sent};
    my $was  = closed($now, $sent);

    $now->{supply} += $upload->{added};

    return $was && !closed($now, $sent) ? $sent + $self->{lease} : $reopen;
}


sub closed {
    my ($now, $ms) = @_;

    return $now->{left} <= 0 || $now->{supply} <= 0 || $now->{paused}
           || $now->{ends} && $now->{ends} <= $ms;
}


# a ticket that was won at this time

sub early {
    my ($self, $now, $ms, $reopen) = @_;
    my $latest = $ms - $self->{slack};
    my @found;

    $self->{checked}{lease}++;

    push @found, [ 'lease', "one was won at $ms, leases till $reopen" ]
        if $ms < $reopen - $self->{slack};

    push @found, [ 'lease', "one was won at $ms, paused" ]
        if $now->{paused} && $latest > $now->{ms};

    push @found, [ 'lease', "one was won at $ms, ended $now->{ends}" ]
        if $now->{ends} && $latest > $now->{ends} && $latest > $now->{ms};

    return @found;
}


1;
