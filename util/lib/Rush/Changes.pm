package Rush::Changes;

# What was changed of a campaign while it sold.  A file with a line a change:
# its version, which is the ms of Redis' clock, and MEMBER=VALUE as told to
# util/campaign.  Lines before the campaign was made belong to another one.
#
#   my $changes = Rush::Changes->new($file);       # undef: nothing is known
#   $changes->read($made);
#
#   $changes->{known}   there is such a file
#   $changes->{list}    [ { ms, more, paused, ends } ], more: units of stock
#
#   $changes->was($word, $from, $to)   "paused" or "ended" between these ms?


use strict;
use warnings;


sub new {
    my ($class, $file) = @_;

    return bless { file => $file, known => defined $file }, $class;
}


sub read {
    my ($changes, $made) = @_;
    my $file = $changes->{file};
    my %now  = (paused => 0, ends => 0);

    $changes->{list}  = [];
    $changes->{times} = { paused => [], ended => [] };

    return if !defined $file;

    open my $fh, '<', $file or die "\"$file\": $!\n";

    while (my $text = <$fh>) {
        my ($ms, @members) = split ' ', $text;

        next if $ms < $made;

        my %set = map { /^(\w+)=(.*)\z/ } @members;
        my %was = %now;

        $now{stock}  = $set{stock} if exists $set{stock};
        $now{ends}   = $set{ends}  if exists $set{ends};
        $now{paused} = $set{paused} =~ /^(?:true|yes|on|1)\z/ ? 1 : 0
            if exists $set{paused};

        die "\"$file\" line $.: no whole number\n"
            if grep { ($now{$_} // '') !~ /^\d+\z/ } qw(stock ends);

        push @{$changes->{list}},
             { ms => $ms, more => $now{stock} - ($was{stock} // $now{stock}),
               paused => $now{paused}, ends => $now{ends} };
    }

    $changes->periods();
}


# from when till when it was so

sub periods {
    my ($changes) = @_;
    my ($paused, $ended) = @{$changes->{times}}{qw(paused ended)};
    my ($since, $ends, $set) = (undef, 0, 0);

    for (@{$changes->{list}}) {

        if ($_->{paused} && !defined $since) {
            $since = $_->{ms};

        } elsif (!$_->{paused} && defined $since) {
            push @$paused, [ $since, $_->{ms} ];
            undef $since;
        }

        next if $_->{ends} == $ends;

        push @$ended, [ $ends > $set ? $ends : $set, $_->{ms} ]
            if $ends && $ends < $_->{ms};

        ($ends, $set) = ($_->{ends}, $_->{ms});
    }

    push @$paused, [ $since, 9e15 ] if defined $since;
    push @$ended, [ $ends > $set ? $ends : $set, 9e15 ] if $ends;
}


sub was {
    my ($changes, $word, $from, $to) = @_;

    return grep { $_->[0] <= $to && $_->[1] >= $from }
                @{$changes->{times}{$word}};
}


1;
