package Rush::Tables;

# The tables that util/bench prints and that docs/benchmarks.md has.
#
#   my %tables = Rush::Tables::tables($figures);     name => Markdown
#   my @names = Rush::Tables::names();               in their order
#   my $part = Rush::Tables::part($name);            that has its figures
#
# A table is a function of the figures; what was not measured is not in it, and
# one without lines is none.  To add one: a line in @tables, and the function.


use strict;
use warnings;
use utf8;

my @tables = (
    [machine   => 'machine',  \&machine],
    [claims    => 'rates',    \&claims],
    [peers     => 'rates',    \&peers],
    [coupons   => 'rates',    \&coupons],
    [scans     => 'rates',    \&scans],
    [scanpeers => 'rates',    \&scan_peers],
    [latency   => 'latency',  \&latency],
    [growth    => 'growth',   \&growth],
    [memory    => 'growth',   \&memory],
    [open      => 'open',     \&open_many],
    [worker    => 'cost',     \&cost_worker],
    [redis     => 'cost',     \&cost_redis],
    [ceiling   => 'ceiling',  \&ceiling],
    [crowd     => 'coupons',  \&crowd],
    [links     => 'links',    \&links],
    [hot       => 'links',    \&hot],
    [goals     => 'goals',    \&goals],
);

my @claims = qw(plain won sequence pool peer dict node out peer_out dict_out
                node_out early ended plain_get state);
my @scans  = qw(redirect scan scan_rules scan_pool scan_sticky peer_ready
                peer_rules peer_ask);

my $f;                                 # the figures, while tables are made


sub tables {
    ($f) = @_;

    return map { $_->[0] => scalar $_->[2]->() } @tables;
}


sub names {
    return map { $_->[0] } @tables;
}


sub part {
    my ($name) = @_;

    return (map { $_->[1] } grep { $_->[0] eq $name } @tables)[0];
}


# head is the cells of the first line

sub table {
    my ($head, @lines) = @_;

    return if !@lines;

    return join "\n", map({ '| ' . join(' | ', @$_) . ' |' } $head),
                      '|' . '---|' x @$head,
                      map({ '| ' . join(' | ', @$_) . ' |' } @lines), '';
}


# the numbers of connections under a path

sub connections {
    return grep { /^\d+\z/ } $f->names($_[0]);
}


sub thousands {
    return Rush::Figures::thousands($f->get($_[0]));
}


sub machine {
    return sprintf("%d cores (%s),\nLinux %s, nginx %s, Redis %s.\n\n",
                   map { $f->get("machine/$_") }
                       qw(cpus cpu kernel nginx redis))
           . table(['part', 'ended', 'load of the machine before', 'rounds',
                    'seconds of a run'],
                   map { my $at = "parts/$_";
                         [ $_, map { $f->get("$at/$_") }
                                   qw(when load rounds seconds) ] }
                       $f->names('parts'));
}


# runs against a "return", whose own ratio is 1

sub rates {
    my ($of, @names) = @_;
    my @lines;

    for my $n (connections('connections')) {
        for my $name (@names) {
            my $at = "connections/$n/$name";
            my $base = $name =~ /^(?:plain|redirect)/;

            next if !defined $f->get("$at/rate");

            push @lines, [
                $n, $f->title($name), thousands("$at/rate"),
                $base ? 1 : $f->text("$at/speed", 2),
                $f->text("$at/worker", 2), $f->text("$at/redis", 2),
                $base ? 1 : $f->text("$at/cost", 2),
                $f->text("$at/batch", 1), $f->text("$at/scripts", 0),
                $f->text("$at/p50", 2), $f->text("$at/p99", 2),
                $f->text("$at/wrk", 2),
            ];
        }
    }

    return table(['conn.', '', 'a second', "÷ $of", 'worker µs', 'Redis µs',
                  "CPU ÷ $of", 'a batch', 'EVALSHA a second', 'p50 ms',
                  'p99 ms', 'wrk µs'], @lines);
}


sub claims {
    return rates('return 200', @claims);
}


sub scans {
    return rates('return 302', @scans);
}


# of each number of connections, runs against others: [run, figures, other]

sub compared {
    my (@pairs) = @_;
    my @lines;

    for my $n (connections('connections')) {
        for my $pair (@pairs) {
            my ($run, $name, $other) = @$pair;
            my $at = "connections/$n/$run/$name";

            next if !defined $f->get("${at}_speed");

            push @lines, [ $n, $f->title($run),
                           $f->title($other),
                           map { $f->text("${at}_$_", 2) }
                               qw(speed cost redis) ];
        }
    }

    return table(['conn.', '', 'against', 'a second ÷', 'CPU ÷',
                  'Redis CPU ÷'], @lines);
}


sub peers {
    return compared([qw(won peer peer)], [qw(won node node)],
                    [qw(out peer peer_out)], [qw(out dict dict_out)]);
}


sub coupons {
    return compared([qw(sequence sale won)], [qw(pool sale won)]);
}


sub scan_peers {
    return compared([qw(scan ready peer_ready)],
                    [qw(scan_rules rules peer_rules)],
                    [qw(scan ask peer_ask)]);
}


sub latency {
    my @lines;

    for my $n (connections('latency')) {
        for my $share (qw(quarter half)) {
            for my $name (qw(plain won peer)) {
                my $at = "latency/$n/$share/$name";

                next if !defined $f->get("$at/p50");

                push @lines, [ $n, thousands("$at/asked"),
                               thousands("$at/rate"),
                               $f->title($name),
                               map { $f->text("$at/$_", 2) }
                                   qw(p50 p90 p99 p999 max) ];
            }
        }
    }

    return table(['conn.', 'asked a second', 'answered', '', 'p50 ms',
                  'p90 ms', 'p99 ms', 'p99.9 ms', 'max ms'], @lines);
}


sub growth {
    my @lines;

    for my $n (connections('growth')) {
        for my $name (qw(small large)) {
            my $at = "growth/$n/$name";

            push @lines, [
                $n,
                thousands($name eq 'small' ? 'growth/few' : 'growth/tickets'),
                thousands("$at/rate"),
                $name eq 'small' ? 1 : $f->text("growth/$n/speed", 2),
                $f->text("$at/worker", 2), $f->text("$at/redis", 2),
                $f->text("$at/batch", 1),
            ];
        }
    }

    return table(['conn.', 'tickets before', 'claims a second', '÷',
                  'worker µs', 'Redis µs', 'a batch'], @lines);
}


sub memory {
    return table(['tickets', 'bytes of Redis each'],
                 map { [ thousands("memory/$_/tickets"),
                         $f->text("memory/$_/bytes", 0) ] }
                     grep { defined $f->get("memory/$_/bytes") }
                          qw(usual big));
}


sub open_many {
    my @lines;

    return if !defined $f->get('open/answered');

    for my $line (['answered', sprintf '%.2f %%',
                                       100 * $f->get('open/answered')],
                  ['p50, p99, max of all, ms',
                   join ', ', map { $f->text("open/$_", 0) }
                                  qw(p50 p99 max)],
                  map({ [ "worker's memory, $_->[1], MB",
                          sprintf '%.1f', $f->get("open/$_->[0]") / 1e6 ] }
                          ['before', 'before'], ['idle', 'all open and idle'],
                          ['peak', 'the most'], ['after', 'after']),
                  ['memory after the third time ÷ after the first',
                   $f->text('open/grown', 2)])
    {
        push @lines, $line;
    }

    return table([thousands('open/connections') . ' connections', ''],
                 @lines);
}


# the base of a line is the "return" last seen

sub cost_worker {
    my ($base, @lines);

    for my $name (qw(plain won won_many out early ended plain_get state
                     redirect scan))
    {
        my $at = "cost/worker/$name";
        my $count = $f->get("$at/instructions");

        next if !defined $count;

        $base = $count if $name =~ /^(?:plain|redirect)/;

        push @lines, [ $f->title($name), $f->text("$at/batch", 0),
                       thousands("$at/instructions"),
                       sprintf '%.2f', $count / $base ];
    }

    return table(['request', 'a batch', 'instructions of the worker',
                  '÷ its return'], @lines);
}


sub cost_redis {
    return table(['claims in a batch', 'instructions of Redis a win'],
                 map { [ $_, thousands("cost/redis/$_/instructions") ] }
                     $f->names('cost/redis'));
}


sub ceiling {
    my @lines = map { [ uc, '64 in a write', thousands("ceiling/$_/rate"),
                        '' ] }
                    grep { defined $f->get("ceiling/$_/rate") } qw(set incr);

    for my $batch (grep { /^\d/ } $f->names('ceiling')) {
        push @lines, [ 'win', "$batch for an EVALSHA",
                       thousands("ceiling/$batch/rate"),
                       $f->text("ceiling/$batch/redis", 2) ];
    }

    return table(['of Redis alone', '', 'a second', 'Redis µs'], @lines);
}


sub crowd {
    my @lines;

    for my $n (connections('coupons')) {
        for my $name (qw(sequence peer_sequence)) {
            my $at = "coupons/$n/$name";

            push @lines, [
                $name eq 'sequence' ? 'Rush' : 'OpenResty',
                $f->text("$at/seconds", 1), thousands("$at/rate"),
                $f->text("$at/worker", 2), $f->text("$at/redis", 2),
                $f->text("$at/p50", 1), $f->text("$at/p99", 1),
                $f->text("$at/bytes", 0), $f->text("$at/keys", 0),
            ];
        }

        push @lines, [ 'Rush ÷ OpenResty', '',
                       map({ $f->text("coupons/$n/sequence/peer_$_", 2) }
                           qw(speed)),
                       'CPU ' . $f->text("coupons/$n/sequence/peer_cost", 2),
                       $f->text("coupons/$n/sequence/peer_redis", 2),
                       ('') x 4 ];
    }

    return table([thousands('coupons/number') . ' coupons', 'seconds',
                  'a second', 'worker µs', 'Redis µs', 'p50 ms', 'p99 ms',
                  'bytes a ticket', 'of its keys'], @lines);
}


sub links {
    return if !defined $f->get('links/stored');

    return table(['links', ''],
                 ['stored', thousands('links/stored')],
                 ['seconds that took', $f->text('links/seconds', 1)],
                 ['bytes of Redis a link', $f->text('links/bytes', 0)],
                 ['links that were scanned', thousands('links/hot')],
                 ['links= in MB', $f->text('links/zone', 0) / 1048576],
                 ['of them in it', thousands('links/used')],
                 ['scans', thousands('links/answered')],
                 ['that found no counter', thousands('links/uncounted')],
                 ['that read their link', thousands('links/reads')]);
}


sub hot {
    return rates('return 302', qw(redirect_hot scan_hot));
}


sub goals {
    my (%line, @order);

    for my $goal (@{ $f->get('goals') // [] }) {
        my $what = $goal->{what};
        my $limit = defined $goal->{least} ? "≥ $goal->{least}"
                                           : "≤ $goal->{most}";
        my $n = $goal->{connections} // '';

        push @order, $what if !$line{$what};
        push @{ $line{$what} },
             [ $n, $limit, sprintf('%.*f', $goal->{measured} >= 100 ? 0 : 2,
                                   $goal->{measured}),
               $goal->{met} ? 'met' : '**missed**' ];
    }

    return table(['', 'conn.', 'goal', 'measured', ''],
                 map { my $what = $_; map { [ $what, @$_ ] } @{ $line{$what} } }
                     @order);
}


1;
