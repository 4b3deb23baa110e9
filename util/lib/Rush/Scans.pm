package Rush::Scans;

# Links and what was done to them while they were scanned, and claimload's
# ledger of the scans.
#
#   my $scans = Rush::Scans->new($notes, $problem);
#   my $n = $scans->read($ledger...);
#
#   $scans->{links}{CODE}     its kind, arg and n
#   $scans->{told}{CODE}      scans that were led somewhere: user, node, sent,
#                             done, and "to", the target behind "/CODE-"
#   $scans->{open}{CODE}      others; "lost": without an answer
#   $scans->{changes}{CODE}   node, from, to, n
#   $scans->{stats}{CODE}     what the API said until "end"
#   $scans->{away}            [ from, to ]
#   $scans->{kills}
#
# Times are ms.  Notes are lines:
#
#   pool CODE CAP N                 a sticky pool of /CODE-1 ... /CODE-N, each
#                                   with that cap; else /CODE-none
#   sticky CODE N                   the same without a cap
#   max CODE N                      so many /CODE, then /CODE-after
#   ref CODE REF                    /CODE, with that ref
#   news CODE                       /CODE-1, /CODE-2 ..., the higher the later
#   change CODE NODE FROM TO N      the max, or the number of news, was told to
#                                   that address
#   away FROM TO                    Redis was
#   kills N                         of workers
#   stats CODE FROM TO JSON         an answer of the API; the last one when all
#                                   was written


use strict;
use warnings;

use JSON::PP ();


sub new {
    my ($class, $notes, $problem) = @_;
    my $self = bless { problem => $problem, links => {}, told => {},
                       open => {}, changes => {}, stats => {}, away => [],
                       kills => 0 }, $class;

    $self->notes($notes);

    return $self;
}


sub lines {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!\n";
    chomp(my @lines = <$in>);

    return @lines;
}


sub notes {
    my ($self, $file) = @_;

    for (lines($file)) {
        my ($what, $code, @rest) = split ' ', $_, 5;

        if ($what eq 'change') {
            my ($to, $n) = split ' ', $rest[2];

            push @{$self->{changes}{$code}},
                 { node => $rest[0], from => $rest[1], to => $to, n => $n };

        } elsif ($what eq 'away') {
            push @{$self->{away}}, [ $code, $rest[0] ];

        } elsif ($what eq 'kills') {
            $self->{kills} = $code;

        } elsif ($what eq 'stats') {
            push @{$self->{stats}{$code}},
                 { %{ JSON::PP->new->decode($rest[2]) }, end => $rest[1] };

        } else {
            $self->{links}{$code} = { kind => $what, arg => $rest[0],
                                      n => $rest[1] // $rest[0] };

            $self->{$_}{$code} = [] for qw(told open changes stats);
        }
    }
}


sub read {
    my ($self, @files) = @_;
    my $n = 0;

    for (map { lines($_) } @files) {
        my ($op, $sent, $done, $user, $code, $status, $outcome, $node, $to)
            = (split)[0 .. 3, 6 .. 8, 14, 16];

        next if $op ne 'scan';

        my $link = $self->{links}{$code} or die "no note of link $code\n";
        my $scan = { user => $user, node => $node, sent => $sent / 1000,
                     done => $done / 1000 };

        $n++;

        if ($status == 0 || $status == 503) {
            $scan->{lost} = $status == 0;
            push @{$self->{open}{$code}}, $scan;
            next;
        }

        $to =~ s/%([0-9A-F]{2})/chr hex $1/ge;

        if ($status != 200 || $outcome ne 'found'
            || $to !~ m{^https://m\.example\.com/(\Q$code\E)(?:-(\w+))?$})
        {
            $self->{problem}->('answers',
                               "$user: $status $outcome, $code to $to");
            next;
        }

        $scan->{to} = $2 // '';
        push @{$self->{told}{$code}}, $scan;

        $self->{problem}->('answers', "$user was led to $to")
            if !belongs($link, $scan->{to});
    }

    return $n;
}


sub belongs {
    my ($link, $to) = @_;
    my $kind = $link->{kind};

    return $to eq 'none' || $to =~ /^\d+$/ && $to >= 1 && $to <= $link->{n}
        if $kind eq 'pool';
    return $to =~ /^\d+$/ && $to >= 1 && $to <= $link->{n}
        if $kind eq 'sticky';
    return $to eq '' || $to eq 'after' if $kind eq 'max';
    return $to =~ /^\d+$/ if $kind eq 'news';

    return $to eq '';
}

1;
