package Rush::Codes;

# The checks of coupons: a code has one ticket, who is told of it has that, and
# it is redeemed once.
#
#   my $codes = Rush::Codes->new($book, \&problem, \%checked);
#
#   $codes->stored($redis, "$prefix\{$id}")  what Redis has
#   $codes->left()                           codes of a pool for its supply
#   $codes->told($line, $seq, $code)         an answer names a ticket so
#   $codes->spent($line)                     an answer to a redemption
#   $codes->finish()
#
# A problem is told as ($check, $line, $text), $line is undef for what is in
# Redis; lines are those of claimload's ledger.


use strict;
use warnings;

use Digest::SHA qw(sha1_hex);


sub new {
    my ($class, $book, $problem, $checked) = @_;

    $checked->{$_} //= 0 for qw(codes redeem);

    return bless { book => $book, problem => $problem, checked => $checked,
                   tickets => $book->{tickets} }, $class;
}


sub problem {
    my ($self, @what) = @_;

    $self->{problem}->(@what);
}


# ---- what Redis has ----

sub stored {
    my ($self, $redis, $key) = @_;
    my $c = $self->{book}{campaign};

    $self->{pool} = ($c->{codes} // '') eq 'pool';

    $self->by_events($c);
    $self->by_records();

    return if !$self->{pool};

    $self->read_pool($redis, $key);
    $self->by_pool();
    $self->by_uploads() if $self->{book}{uploads}{known};
}


# each win has a code of its own; that of a sequence can be worked out

sub by_events {
    my ($self, $c) = @_;

    for my $seq (sort { $a <=> $b } keys %{$self->{tickets}}) {
        my $code = $self->{tickets}{$seq}{code};

        $self->{checked}{codes}++;

        if (!defined $code || $code eq '') {
            $self->problem('codes', undef, "seq $seq was won without a code");
            next;
        }

        $self->problem('codes', undef, "code $code was given to seq "
                                       . "$self->{seq}{$code} and to $seq")
            if defined $self->{seq}{$code};

        $self->{seq}{$code} = $seq;

        next if $self->{pool};

        my $must = sequence($c->{secret}, $seq);

        $self->problem('codes', undef, "seq $seq has the code $code, "
                                       . "not $must")
            if $code ne $must;
    }
}


# as coupon.lua makes it: three codes of one hash

sub sequence {
    my ($secret, $seq) = @_;
    my $at = $seq % 3;

    return substr(sha1_hex($secret . ($seq - $at)), 12 * $at, 12)
           . sprintf '%04x', $seq;
}


sub by_records {
    my ($self) = @_;
    my $records = $self->{book}{records};

    for my $user (sort keys %$records) {
        for my $t (@{$records->{$user}{tickets}}) {
            my $seen = $self->{tickets}{$t->{seq}} or next;
            my ($code, undef, undef, undef, $by) = @{$t->{extra}};

            $self->problem('codes', undef, "the record of $user has "
                . ($code // 'nothing') . " for seq $t->{seq}, the event "
                . ($seen->{code} // 'nothing'))
                if $self->{pool} && ($code // '') ne ($seen->{code} // '');

            $self->problem('redeem', undef, "seq $t->{seq} of $user was "
                . 'redeemed by ' . ($by // 'nobody') . ', by the event '
                . ($seen->{by} // 'nobody'))
                if ($by // '') ne ($seen->{by} // '');
        }
    }
}


sub read_pool {
    my ($self, $redis, $key) = @_;
    my ($cursor, $from, $some) = (0, 0);

    $self->{owner} = {};
    $self->{free}  = [];

    do {
        my $reply = $redis->call('HSCAN', "$key:codes", $cursor,
                                 'COUNT', 1000);
        my %slice = @{$reply->[1]};

        $cursor = $reply->[0];
        @{$self->{owner}}{keys %slice} = values %slice;
    } while ($cursor ne '0');

    do {
        $some  = $redis->call('LRANGE', "$key:free", $from, $from + 999);
        $from += @$some;

        push @{$self->{free}}, @$some;
    } while (@$some);
}


# a code is free, and in the list once, or it is that of a ticket

sub by_pool {
    my ($self) = @_;
    my ($owner, $seq) = @{$self}{qw(owner seq)};
    my (%free, $n);

    for (@{$self->{free}}) {
        $self->problem('codes', undef, "code $_ is free twice") if $free{$_}++;
        $self->problem('codes', undef, "code $_ is free, and given to seq "
                                       . $seq->{$_}) if $seq->{$_};
        $self->problem('codes', undef, "code $_ is free, and no code")
            if !exists $owner->{$_};
    }

    for my $code (sort keys %$owner) {
        my $of   = $seq->{$code};
        my $must = $of ? "$self->{tickets}{$of}{user},$of" : '';

        $self->problem('codes', undef, "code $code is of \"$owner->{$code}\", "
                                       . "not of \"$must\"")
            if $owner->{$code} ne $must;

        $self->problem('codes', undef, "code $code is neither free nor given")
            if !$of && !$free{$code};
    }

    $self->problem('codes', undef, "code $_ was given, and is no code")
        for grep { !exists $owner->{$_} } sort keys %$seq;
}


# all that was uploaded is there, and nobody had it before

sub by_uploads {
    my ($self) = @_;
    my $uploads = $self->{book}{uploads};
    my ($codes, $owner) = ($uploads->{codes}, $self->{owner});
    my $added = 0;

    $added += $_->{added} for @{$uploads->{list}};

    $self->problem('codes', undef, "$added codes were added, there are "
                                   . keys %$owner)
        if $added != keys %$owner;

    $self->problem('codes', undef, "code $_ was uploaded, and is not there")
        for grep { !exists $owner->{$_} } sort keys %$codes;

    for my $code (sort keys %$owner) {
        my $seq = $self->{seq}{$code};

        if (!defined $codes->{$code}) {
            $self->problem('codes', undef, "code $code was not uploaded");

        } elsif ($seq && $self->{tickets}{$seq}{won} < $codes->{$code} - 1) {
            $self->problem('codes', undef, "code $code was given before it "
                                           . 'was uploaded');
        }
    }
}


# codes that are free, or of live tickets

sub left {
    my ($self) = @_;

    return scalar(@{$self->{free}})
           + grep { Rush::Book::live($_->{state}) }
                  values %{$self->{tickets}};
}


# ---- what users were told ----

# codes of the ledger are as in an URI

sub decoded {
    my ($text) = @_;

    return '' if $text eq '-';

    $text =~ s/%([0-9A-F]{2})/chr hex $1/ge;

    return $text;
}


sub told {
    my ($self, $line, $seq, $code) = @_;
    my $t = $self->{tickets}{$seq} or return;

    $self->{checked}{codes}++;

    $self->problem('codes', $line, "told \"$code\" for seq $seq, which has "
                                   . ($t->{code} // 'none'))
        if decoded($code) ne ($t->{code} // '');
}


# an answer to a redemption: of the ticket or the code that was asked for, and
# it says who was the first

sub spent {
    my ($self, $line) = @_;

    $self->{asked}{$line->{key}} = 1 if $line->{status} != 0
                                        && $line->{status} < 500;

    return if $line->{outcome} ne 'redeemed';

    my (undef, undef, $user, $seq) = split /~/, $line->{others};
    my $t = $self->{tickets}{$seq // ''};

    $self->{checked}{redeem}++;

    if (!$t || $t->{user} ne $user) {
        $self->problem('redeem', $line, "answered $line->{others}");
        return;
    }

    my $code = decoded($line->{codes});

    $self->problem('redeem', $line, "answered seq $seq, whose code is "
                                    . ($t->{code} // 'none'))
        if $code ne '' && $code ne ($t->{code} // '');

    $self->problem('redeem', $line, "answered $line->{others}")
        if $line->{others} ne $line->{ticket};

    $self->told($line, $seq, $line->{code});

    $self->problem('redeem', $line, "was told by $line->{by}, it was "
                                    . ($t->{by} // 'nobody'))
        if decoded($line->{by}) ne ($t->{by} // '');

    $self->{redeemed}{$seq}{$line->{key}} = $line if $line->{status} == 200;
    $self->{told}{$seq} = $line;
}


# each is answered 200 under one key, which is that in the event

sub finish {
    my ($self) = @_;

    for my $seq (sort { $a <=> $b } keys %{$self->{told}}) {
        my @keys = sort keys %{$self->{redeemed}{$seq} // {}};
        my $by   = $self->{tickets}{$seq}{by} // '';

        $self->{checked}{redeem}++;

        next if "@keys" eq $by || !@keys && !$self->{asked}{$by};

        $self->problem('redeem', $self->{told}{$seq}, "seq $seq was redeemed "
            . "by $by, 200 was told to " . (join(' and ', @keys) || 'nobody'));
    }

    for my $t (values %{$self->{tickets}}) {
        $self->problem('redeem', undef, "seq $t->{seq} was redeemed by "
                                        . "$t->{by}, and $t->{by} was told "
                                        . 'something else')
            if defined $t->{by} && $self->{asked}{$t->{by}}
               && !$self->{redeemed}{$t->{seq}}{$t->{by}};
    }
}


1;
