#!/usr/bin/perl

# The JSON of util/bench: medians of what the parts have measured, ratios of
# two runs of the same round, and what became of the goals.
#
#   report.pl DIRECTORY MACHINE
#
# DIRECTORY has a file for each part, with lines of PATH VALUE; a path has a
# line for each round.  MACHINE is JSON.  A new ratio is a line of @ratios, a
# new goal one of @goals, where "*" is each number of connections.


use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use JSON::PP;
use Rush::Figures;

# what is put under a run, and what is divided by what; the sum of the figures
# named is taken of each

my @ratios = (
    (map { [$_, 'speed', 'rate', 'plain', 'rate'],
           [$_, 'cost', 'worker redis', 'plain', 'worker'] }
         qw(won sequence pool peer dict node out peer_out dict_out node_out
            early ended)),
    (map { [$_, 'speed', 'rate', 'redirect', 'rate'],
           [$_, 'cost', 'worker redis', 'redirect', 'worker'] }
         qw(scan scan_rules scan_pool scan_sticky peer_ready peer_rules
            peer_ask)),
    ['scan_hot', 'speed', 'rate', 'redirect_hot', 'rate'],
    ['scan_hot', 'cost', 'worker redis', 'redirect_hot', 'worker'],
    against('won', 'peer', 'peer'), against('won', 'node', 'node'),
    against('out', 'dict_out', 'dict'), against('out', 'peer_out', 'peer'),
    against('sequence', 'won', 'sale'), against('pool', 'won', 'sale'),
    against('scan', 'peer_ready', 'ready'), against('scan', 'peer_ask', 'ask'),
    against('scan_rules', 'peer_rules', 'rules'),
    ['state', 'speed', 'rate', 'plain_get', 'rate'],
    ['state', 'cost', 'worker redis', 'plain_get', 'worker'],
);

# path, least or most, goal (of 64 and 256 connections, where they differ),
# what it is

my @goals = (
    ['connections/*/won/speed', 'least', [0.76, 0.85],
     'claims a second ÷ return 200'],
    ['connections/*/won/peer_speed', 'least', 2,
     'claims a second ÷ OpenResty\'s'],
    ['connections/*/won/cost', 'most', 1.7, 'CPU of a claim ÷ return 200'],
    ['connections/*/won/peer_cost', 'most', 0.42,
     'CPU of a claim ÷ OpenResty\'s'],
    ['connections/*/won/peer_redis', 'most', 0.42,
     'Redis CPU of a claim ÷ OpenResty\'s'],
    ['connections/*/out/speed', 'least', 0.95,
     'sold_out a second ÷ return 200'],
    ['connections/*/early/speed', 'least', 0.95,
     'early a second ÷ return 200'],
    ['connections/*/ended/speed', 'least', 0.95,
     'ended a second ÷ return 200'],
    ['connections/*/state/speed', 'least', 0.95,
     'rush_state a second ÷ return 200'],
    ['connections/*/scan/speed', 'least', 0.9,
     'scans a second ÷ return 302'],
    ['coupons/*/sequence/peer_speed', 'least', 2,
     '{coupons/number} coupons, a second ÷ OpenResty\'s'],
    ['growth/*/speed', 'least', 0.9,
     'claims a second at {growth/tickets} tickets ÷ at {growth/few}'],
    ['memory/usual/bytes', 'most', 175,
     'bytes of Redis a ticket, of {memory/usual/tickets}'],
    ['memory/big/bytes', 'most', 175,
     'bytes of Redis a ticket, of {memory/big/tickets}'],
    ['open/answered', 'least', 1,
     '{open/connections} taps at once: share answered'],
    ['open/grown', 'most', 1.05,
     'worker\'s memory after the third time ÷ the first'],
    ['open/crest', 'most', 1.05,
     'worker\'s memory at the most, the third time ÷ the first'],
    ['connections/*/sequence/sale_speed', 'least', 0.9,
     'claims of a sequence a second ÷ of a sale'],
    ['connections/*/pool/sale_speed', 'least', 0.9,
     'claims of a pool a second ÷ of a sale'],
    ['connections/*/scan_rules/speed', 'least', 0.9,
     'scans with three rules a second ÷ return 302'],
    ['connections/*/scan_pool/speed', 'least', 0.75,
     'scans of a pool in turn a second ÷ return 302'],
    ['connections/*/scan/ready_speed', 'least', 1,
     'scans a second ÷ OpenResty\'s, ready in a dict'],
    ['connections/*/scan_rules/rules_speed', 'least', 1.5,
     'scans with three rules a second ÷ OpenResty\'s'],
    ['connections/*/scan/ask_speed', 'least', 2,
     'scans a second ÷ OpenResty\'s, HGET'],
);

my ($dir, $machine) = @ARGV;
my (%values, @order);
my $figures = Rush::Figures->new;

for my $file (glob "$dir/*") {
    read_part($file) if $file !~ m{/json\z};
}

# strings stay strings, in what is told about a part
for my $path (@order) {
    $figures->put($path, $path =~ m{^parts/.*/(?:when|redis)\z}
                         ? $values{$path}[0] : median($values{$path}));
}

for my $n ($figures->names('connections')) {
    ratio("connections/$n", @$_) for @ratios;
}

for my $n ($figures->names('growth')) {
    divided("growth/$n/speed", ["growth/$n/large/rate"],
            ["growth/$n/small/rate"]) if $n =~ /^\d/;
}

for my $n ($figures->names('coupons')) {
    ratio("coupons/$n", @$_)
        for grep { $_->[0] eq 'sequence' }
                 against('sequence', 'peer_sequence', 'peer');
}

$figures->put('machine', decode_json($machine));
$figures->put('goals', [ map { judged(@$_) } @goals ]);

print $figures->json;


# rate, CPU and Redis' CPU of a run against another, which is no "return"

sub against {
    my ($run, $other, $name) = @_;

    return ([$run, "${name}_speed", 'rate', $other, 'rate'],
            [$run, "${name}_cost", 'worker redis', $other, 'worker redis'],
            [$run, "${name}_redis", 'redis', $other, 'redis']);
}


sub read_part {
    my ($file) = @_;

    open my $fh, '<:utf8', $file or die "cannot open \"$file\": $!\n";

    while (my $line = <$fh>) {
        $line =~ /^(\S+) (.+)$/ or die "$file:$.: no figure\n";

        push @order, $1 if !$values{$1};
        push @{ $values{$1} }, $2;
    }
}


sub median {
    my ($list) = @_;
    my @sorted = sort { $a <=> $b } @$list;
    my $n = @sorted;

    return 0 + sprintf '%.9g', ($sorted[int(($n - 1) / 2)]
                                + $sorted[int($n / 2)]) / 2;
}


sub ratio {
    my ($at, $run, $name, $what, $other, $by) = @_;

    divided("$at/$run/$name", [map { "$at/$run/$_" } split / /, $what],
            [map { "$at/$other/$_" } split / /, $by]);
}


# the median of the rounds' quotients, if all of it was measured

sub divided {
    my ($path, $what, $by) = @_;
    my @list;

    return if grep { !$values{$_} } @$what, @$by;

    my $rounds = @{ $values{ $what->[0] } };

    # rounds that a broken pair would mix are not compared
    return if grep { @{ $values{$_} } != $rounds } @$what, @$by;

    for my $i (0 .. $rounds - 1) {
        my ($sum, $divisor) = (0, 0);

        $sum += $values{$_}[$i] for @$what;
        $divisor += $values{$_}[$i] for @$by;

        return if !$divisor;
        push @list, $sum / $divisor;
    }

    $figures->put($path, median(\@list));
}


# a goal is one for each number of connections, if it is about them

sub judged {
    my ($path, $kind, $goal, $text) = @_;
    my ($top) = split m{/}, $path;
    my @judged;

    for my $n ($path =~ /\*/ ? grep { /^\d/ } $figures->names($top) : '') {
        my $at = $path =~ s/\*/$n/r;
        my $limit = !ref $goal ? $goal : $goal->[$n >= 256];
        my $value = $figures->get($at);

        next if !defined $value;

        push @judged, {
            figure => $at, what => said($text), $kind => $limit,
            ($n ne '' ? (connections => 0 + $n) : ()),
            measured => $value,
            met => ($kind eq 'least' ? $value >= $limit : $value <= $limit)
                   ? JSON::PP::true : JSON::PP::false,
        };
    }

    return @judged;
}


sub said {
    my ($text) = @_;

    utf8::decode($text);
    $text =~ s/\{(\S+?)\}/Rush::Figures::thousands($figures->get($1))/ge;

    return $text;
}
