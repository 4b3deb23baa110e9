package Rush::Opens;

# How long it takes till a campaign that was closed gives again, after a top-up,
# an upload or the end of a pause, on every node.
#
#   my $opens = Rush::Opens->new($book, $limit);   # ms
#
#   $opens->asked($line)       a claim, a line of claimload's ledger
#   $opens->won($line, $seq)
#   $opens->check()            returns problems; then
#
#   $opens->{longest}          address -> ms
#   $opens->{measured}         address -> how many
#
# From the answer to who changed it to that of the first who wins a ticket that
# was not given before.


use strict;
use warnings;


sub new {
    my ($class, $book, $limit) = @_;

    return bless { book => $book, limit => $limit, wins => {},
                   first => {}, last => {} }, $class;
}


sub asked {
    my ($self, $line) = @_;
    my ($target, $sent) = @$line{qw(target sent)};
    my ($first, $last) = map { \$self->{$_}{$target} } qw(first last);

    $$first = $sent if !defined $$first || $sent < $$first;
    $$last  = $sent if !defined $$last || $sent > $$last;
}


sub won {
    my ($self, $line, $seq) = @_;
    my $t = $self->{book}{tickets}{$seq} or return;

    push @{$self->{wins}{$line->{target}}}, [ $line->{done}, $t->{won} ];
}


sub check {
    my ($self) = @_;
    my @found;

    for my $target (sort keys %{$self->{last}}) {
        my @wins = sort { $a->[0] <=> $b->[0] }
                        @{$self->{wins}{$target} // []};

        for my $open ($self->openings()) {
            push @found, $self->wait_of($target, $open, \@wins);
        }
    }

    return @found;
}


# { ms, what } of changes after which a campaign that was closed is open

sub openings {
    my ($self) = @_;
    my $book   = $self->{book};
    my $lease  = $book->{campaign}{lease};
    my $paused = 0;
    my @openings;

    for (@{$book->{changes}{list}}) {
        my $what = $paused && !$_->{paused} ? 'the end of a pause'
                   : $_->{more} > 0         ? 'a top-up' : undef;

        push @openings, { ms => $_->{ms}, what => $what }
            if $what && !$_->{paused}
               && ($paused || $book->scarce($_->{ms} - $lease, $_->{ms} - 1));

        $paused = $_->{paused};
    }

    push @openings, map { { ms => $_->{done}, what => 'an upload' } }
                    grep { $_->{added}
                           && $book->scarce($_->{sent} - $lease,
                                            $_->{sent} - 1) }
                         @{$book->{uploads}{list}};

    return grep { !$self->closed($_->{ms} + 1, $_->{ms} + 1) } @openings;
}


# was it closed at some moment between these ms?

sub closed {
    my ($self, $from, $to) = @_;
    my $book = $self->{book};

    return $book->scarce($from, $to)
           || $book->{changes}->was('paused', $from, $to);
}


sub wait_of {
    my ($self, $target, $open, $wins) = @_;
    my ($ms, $what) = @$open{qw(ms what)};
    my $till = $ms + $self->{limit};
    my $wait = 9e9;

    return if $self->{first}{$target} > $ms * 1000;

    if (my $win = first_after($wins, $ms)) {
        $wait = $win->[0] / 1000 - $ms;
        $till = $win->[1] - 1 if $win->[1] <= $till;
    }

    # others may have been faster, or it was closed again

    return if $till > $ms && $self->closed($ms + 1, $till);

    if ($wait > $self->{limit}) {

        # it was late, and somebody asked

        return if $self->{last}{$target} < ($ms + $self->{limit}) * 1000;

        return "address $target won nothing for "
               . ($wait < 9e9 ? int $wait : $self->{limit})
               . " ms after $what at $ms";
    }

    $self->{measured}{$target}++;
    $self->{longest}{$target} = $wait
        if $wait > ($self->{longest}{$target} // 0);

    return;
}


# the first that was won, and answered, from this ms on

sub first_after {
    my ($wins, $ms) = @_;
    my ($low, $high) = (0, scalar @$wins);

    while ($low < $high) {
        my $mid = int(($low + $high) / 2);

        if ($wins->[$mid][0] < $ms * 1000) { $low = $mid + 1 }
        else                               { $high = $mid }
    }

    $low++ while $low < @$wins && $wins->[$low][1] < $ms;

    return $wins->[$low];
}


1;
