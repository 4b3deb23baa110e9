package Rush::Ledger;

# The checks of what users were told, line by line of claimload's ledgers
# (util/load/claimload_ledger.c describes the columns), against a Rush::Book.
#
#   Rush::Ledger->new($book, Rush::Losses->new(...), \%opt, \&problem,
#                     \%checked)->check(@files);
#
# Of coupons, $book->{codes} is a Rush::Codes, $book->{opens} a Rush::Opens.


use strict;
use warnings;

my @COLUMNS = qw(op sent done user key units item status outcome ticket seq
                 owner others try target end code codes by);

my %STATUS = (won => 200, again => 200, sold_out => 409, limit => 409,
              early => 425, ended => 410, paused => 423, denied => 403,
              unknown => 404, anonymous => 401, invalid => 400,
              method => 405, mismatch => 422, busy => 503, pending => 503,
              forged => 403);

# states that settling answers: 200, or what forbids it

my %STATES = (confirmed => qr/^(?:200|409)$/, released => qr/^(?:200|409)$/,
              void => qr/^(?:200|409)$/, redeemed => qr/^(?:200|409)$/,
              held => qr/^409$/, issued => qr/^409$/, expired => qr/^410$/);

my %LOSS  = map { $_ => 1 } qw(sold_out limit ended paused denied);

# what a well-formed request must not be told

my %STRANGE = map { $_ => 1 } qw(anonymous invalid method forged mismatch
                                 unknown early);


sub new {
    my ($class, $book, $losses, $opt, $problem, $checked) = @_;
    my $self = bless { book => $book, problem => $problem,
                       checked => $checked, slack => $opt->{slack},
                       losses => $losses,
                       allow => { map { $_ => 1 }
                                  split /,/, $opt->{allow} },
                       limit => $opt->{'per-user'}
                                // $book->{campaign}{per_user} }, $class;

    $checked->{$_} //= 0
        for qw(wins same answers status settled);

    return $self;
}


sub problem {
    my ($self, $check, $line, $what) = @_;

    $self->{problem}->($check, "line $line->{n}: $line->{user} $line->{op} "
                               . "$line->{status} $line->{outcome}: $what");
}


# twice: first what is known when, then what was told

sub check {
    my ($self, @files) = @_;

    $self->each_line(\&learn, @files);
    $self->each_line(\&judge, @files);
    $self->check_keys();
}


sub each_line {
    my ($self, $sub, @files) = @_;

    for my $file (@files) {
        open my $fh, '<', $file or die "\"$file\": $!\n";

        while (my $text = <$fh>) {
            chomp $text;

            my %line;
            my @values = split / /, $text, -1;

            die "\"$file\" line $.: not a line of a ledger\n"
                if @values != @COLUMNS;

            @line{@COLUMNS} = @values;
            $line{n} = $.;

            $sub->($self, \%line);
        }
    }
}


# the tickets of an answer: [ campaign, made, user, seq, key id, signature ]

sub tickets {
    my ($line) = @_;
    my @tickets;

    push @tickets, $line->{ticket}
        if $line->{op} eq 'claim' && $line->{ticket} ne '-';
    push @tickets, split /,/, $line->{others} if $line->{others} ne '-';

    return @tickets;
}


sub learn {
    my ($self, $line) = @_;

    return if $line->{op} ne 'claim';

    for (tickets($line)) {
        my $seq = (split /~/)[3] // next;

        $self->{losses}->known($seq, $line->{done});
    }
}


sub judge {
    my ($self, $line) = @_;

    $self->{checked}{status}++;
    $self->{checked}{answers}++;

    $self->problem('answers', $line, 'bytes that belong to no answer')
        if $line->{end} eq 'odd';

    $self->{book}{opens}->asked($line)
        if $self->{book}{opens} && $line->{op} eq 'claim';

    if ($line->{status} == 0) {
        return;
    }

    $self->check_status($line);

    return $self->check_settled($line) if $line->{op} ne 'claim';

    my @tickets = tickets($line);

    for (@tickets) {
        $self->check_ticket($line, $_);
    }

    $self->check_codes($line, @tickets) if $self->{book}{codes};

    if ($line->{status} == 200 && $line->{ticket} eq '-') {
        $self->problem('wins', $line, 'no ticket');
    }

    if ($line->{outcome} eq 'won') {
        my $seq = (split /~/, $line->{ticket})[3] // '';

        $self->problem('owners', $line, "seq $seq was won before")
            if $self->{told}{$seq}++;
    }

    push @{$self->{keys}{"$line->{user} $line->{key}"}}, $line
        if $line->{key} ne '-' && $line->{status} == 200
           && $line->{seq} =~ /^\d+\z/;

    return if !$LOSS{$line->{outcome}};

    $self->problem($_->[0], $line, $_->[1])
        for $self->{losses}->check($line, @tickets);
}


sub check_status {
    my ($self, $line) = @_;
    my ($status, $word) = @$line{qw(status outcome)};

    my $fits = $line->{op} ne 'claim' && $STATES{$word}
               ? $status =~ $STATES{$word}
               : defined $STATUS{$word} && $status == $STATUS{$word};

    if (!$fits) {
        $self->problem('status', $line, 'they do not fit');

    } elsif ($STRANGE{$word} && !$self->{allow}{$word}
             && ($line->{op} eq 'claim' || $word ne 'unknown'))
    {
        $self->problem('status', $line, 'unexpected');
    }
}


# I3, I6, I7

sub check_ticket {
    my ($self, $line, $ticket) = @_;
    my ($id, $made, $user, $seq, @more) = split /~/, $ticket, -1;
    my $book = $self->{book};

    $self->{checked}{wins}++;

    if (@more != 2) {
        $self->problem('wins', $line, "ill-formed ticket $ticket");
        return;
    }

    $self->problem('answers', $line, "the ticket is of $user")
        if $user ne $line->{user};

    $self->problem('wins', $line, "made $made is not the campaign's")
        if $made ne $book->{campaign}{made};

    my $t = $book->{tickets}{$seq};

    $self->problem('wins', $line, "seq $seq is not in Redis")
        if !$t || !$book->{records}{$user};

    $self->problem('owners', $line, "seq $seq is $t->{user}'s in Redis")
        if $t && $t->{user} ne $user;

    my $text = $self->{text}{$seq} //= $ticket;

    $self->{checked}{same}++;

    $self->problem('same', $line, "$ticket was $text before")
        if $text ne $ticket;
}


# the codes of these tickets

sub check_codes {
    my ($self, $line, @tickets) = @_;
    my ($codes, $opens) = @{$self->{book}}{qw(codes opens)};
    my @told = split /,/, $line->{codes} eq '-' ? '' : $line->{codes};

    unshift @told, $line->{code} if $line->{ticket} ne '-';

    for (@tickets) {
        my $seq = (split /~/)[3] // '';

        $codes->told($line, $seq, shift(@told) // '-');
        $opens->won($line, $seq) if $line->{outcome} eq 'won';
    }
}


# I6: what is answered to one key names one ticket, unless that was given back
# between

sub check_keys {
    my ($self) = @_;
    my $more = $self->{limit} > 1;

    for my $answers (values %{$self->{keys}}) {
        my ($was, %won);

        $self->{checked}{same}++;

        for my $now (sort { $a->{done} <=> $b->{done} } @$answers) {
            my $won = $now->{outcome} eq 'won';

            $self->problem('same', $now, "it had been seq $was->{seq}")
                if $was && $was->{seq} != $now->{seq}
                   && $was->{done} <= $now->{sent}
                   && !$self->ended($was, $now);

            $won{$now->{seq}} = $now if $won;

            # with more than one, a refused claim is told the newest ticket
            $was = $now if $won || !$more;
        }

        $self->check_wins(values %won);
    }
}


# did the ticket of one answer end before a later one came?

sub ended {
    my ($self, $was, $now) = @_;
    my $t = $self->{book}{tickets}{$was->{seq}} or return 1;
    my $slack = $self->{slack} < 0 ? 9e15 : $self->{slack} * 1000 + 1000;

    return grep { defined $_->[1]
                  && $_->[1] * 1000 >= $was->{sent} - $slack
                  && $_->[1] * 1000 <= $now->{done} + $slack }
                @{$t->{spans}};
}


# of tickets won by one key each ended before the next was won

sub check_wins {
    my ($self, @lines) = @_;
    my $tickets = $self->{book}{tickets};
    my $was;

    for my $now (sort { $a->{seq} <=> $b->{seq} }
                 grep { $tickets->{$_->{seq}} } @lines)
    {
        my $nth = $tickets->{$now->{seq}}{nth};

        $self->problem('same', $now, "seq $was->{seq} by the same key lives")
            if $was && !grep { defined $_->[2] && $_->[2] < $nth }
                             @{$tickets->{$was->{seq}}{spans}};

        $was = $now;
    }
}


# an answer to what is no claim is what the events say

sub check_settled {
    my ($self, $line) = @_;
    my $word = $line->{outcome};
    my $seq  = (split /~/, $line->{ticket})[3] // '';
    my $t    = $self->{book}{tickets}{$seq};

    $self->{checked}{settled}++;

    return if $word eq 'pending' || $word eq 'busy';

    $self->{book}{codes}->spent($line)
        if $line->{op} eq 'redeem' && $self->{book}{codes};

    if (!$t) {
        $self->problem('settled', $line, "seq $seq is not in Redis");
        return;
    }

    if ($word eq 'unknown') {
        my $record = $self->{book}{records}{$t->{user}} // {};

        # of dead tickets a record keeps the last few
        $self->problem('settled', $line, "seq $seq is known")
            if grep { $_->{seq} == $seq } @{$record->{tickets} // []};

        return;
    }

    my $until = $self->{slack} < 0 ? 9e18
                : $line->{done} / 1000 + $self->{slack};
    my %words = map { $_->[1] <= $until ? ($_->[0] => 1) : () }
                    @{$t->{words} // []};

    my $so = $word eq 'confirmed' ? $words{confirmed} || $words{retaken}
                                    || $self->{book}{campaign}{hold} == 0
           : $word eq 'held'      ? 0
           :                        $words{$word};

    $self->problem('settled', $line, "seq $seq is $t->{state}: "
                                     . join(' ', sort keys %words))
        if !$so;
}


1;
