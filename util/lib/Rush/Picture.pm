package Rush::Picture;

# The picture of docs/benchmarks.md, as SVG, from the figures of util/bench:
# bars of claims a second against "return 200", won and sold out, and latency
# at half of the top rate.
#
#   print Rush::Picture::picture($figures);
#
# It reads on a light and on a dark background: its colours are classes, which
# the reader's preference changes.


use strict;
use warnings;
use utf8;

my $width = 860;
my $font  = 'system-ui, Segoe UI, Roboto, Helvetica, Arial, DejaVu Sans,'
            . ' sans-serif';

my @bars = (
    ['Claims that win', [
        ['Rush', 'won', 'rush'],
        ['OpenResty', 'peer', 'other'],
        ['OpenResty + dict', 'dict', 'other'],
        ['Node.js', 'node', 'other'],
    ]],
    ['Claims when all is sold', [
        ['Rush', 'out', 'rush'],
        ['OpenResty', 'peer_out', 'other'],
        ['OpenResty + dict', 'dict_out', 'other'],
        ['Node.js', 'node_out', 'other'],
    ]],
);

my @lines = (
    ['return 200', 'plain', 'base'],
    ['Rush', 'won', 'rush'],
    ['OpenResty', 'peer', 'other'],
);

my @quantiles = ([p50 => 'p50'], [p90 => 'p90'], [p99 => 'p99'],
                 [p999 => 'p99.9']);

my $f;                                 # the figures, while it is drawn


sub picture {
    ($f) = @_;

    my ($n) = reverse grep { /^\d+\z/ } $f->names('connections');
    my $y = 84;
    my $body = '';
    my $most = most(1, grep { defined }
                       map { $f->get("connections/$n/$_->[1]/speed") }
                           map { @{ $_->[1] } } @bars);

    for my $bars (@bars) {
        my ($drawn, $height) = bars($n, $most, @$bars, $y);

        $body .= $drawn;
        $y += $height;
    }

    my ($drawn, $height) = latencies($n, $y + 8);

    $body .= $drawn;
    $y += $height + 8;

    return join "\n", map({ folded($_) }
                          split /\n/, head($n, $y + 30) . $body . foot($y + 8)),
                     "</svg>\n";
}


# a line of at most 80 columns becomes more of them, at blanks, which mean no
# more in SVG than the end of a line does

sub folded {
    my ($line) = @_;

    $line =~ s/(.{1,79})(?: |\z)(?!\z)/$1\n /g if length $line > 80;

    return $line;
}


sub head {
    my ($n, $height) = @_;

    return <<"EOF";
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height"
 viewBox="0 0 $width $height" role="img" font-size="13" font-family="$font"
 aria-label="Claims a second and latency of Rush, OpenResty and Node.js">
<style>
  text { fill: #24292f; }
  .back { fill: #ffffff; stroke: #d0d7de; }
  .title { font-size: 19px; font-weight: 600; }
  .head { font-size: 14px; font-weight: 600; }
  .soft { fill: #57606a; font-size: 12px; }
  .label { stroke: #ffffff; stroke-width: 5px; paint-order: stroke; }
  .rush { fill: #0b7a5b; }
  .other { fill: #7d8590; }
  .base { fill: #3f6fb5; }
  .grid { stroke: #d8dee4; stroke-width: 1; }
  .whole { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 3 3; }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
  .line.rush { stroke: #0b7a5b; fill: none; }
  .line.other { stroke: #7d8590; fill: none; }
  .line.base { stroke: #3f6fb5; fill: none; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  \@media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .back { fill: #0d1117; stroke: #3d444d; }
    .soft { fill: #9198a1; }
    .label { stroke: #0d1117; }
    .rush { fill: #2fbf91; }
    .base { fill: #6ea0e8; }
    .grid { stroke: #2a313a; }
    .line.rush { stroke: #2fbf91; }
    .line.base { stroke: #6ea0e8; }
  }
</style>
<rect class="back" x="0.5" y="0.5" width="@{[ $width - 1 ]}"
 height="@{[ $height - 1 ]}" rx="8"/>
<text x="24" y="36" class="title">Claims a second, as a share of what nginx
 does with “return 200”</text>
<text x="24" y="58" class="soft">One worker, one Redis, $n connections,
 @{[ $f->get('machine/cpus') ]} cores shared with the load; medians. Longer is
 better.</text>
EOF
}


sub foot {
    my ($y) = @_;

    return sprintf '<text x="24" y="%d" class="soft">%s</text>' . "\n", $y,
                   'nginx ' . $f->get('machine/nginx') . ', Redis '
                   . $f->get('machine/redis') . ', Linux '
                   . $f->get('machine/kernel') . ', '
                   . substr($f->get('parts/rates/when'), 0, 10)
                   . '. Made by util/bench of what it measured.';
}


# a group of bars; returns it and its height

sub bars {
    my ($n, $most, $title, $bars, $y) = @_;
    my ($left, $full) = (170, 540);
    my @there = grep { defined $f->get("connections/$n/$_->[1]/speed") } @$bars;
    my $svg = text(24, $y + 14, 'head', $title);
    my $top = $y + 26;
    my $bottom = $top + 30 * @there;
    my $scale = $full / $most;

    for my $tenth (0, 2, 4, 6, 8, 10) {
        my $x = $left + $scale * $tenth / 10;

        $svg .= line($tenth == 10 ? 'whole' : 'grid', $x, $top, $x, $bottom);
        $svg .= text($x, $bottom + 16, 'soft middle', $tenth * 10 . ' %');
    }

    for my $bar (@there) {
        my ($name, $run, $class) = @$bar;
        my $share = $f->get("connections/$n/$run/speed");

        $svg .= text($left - 12, $top + 20, 'end', $name);
        $svg .= sprintf '<rect x="%d" y="%d" width="%.1f" height="18" rx="2"'
                        . ' class="%s"/>' . "\n",
                        $left, $top + 6, $scale * $share, $class;
        $svg .= text($left + $scale * $share + 9, $top + 20, 'label',
                     sprintf '%.0f %% <tspan class="soft">· %s/s</tspan>',
                             100 * $share,
                             Rush::Figures::thousands(
                                 $f->get("connections/$n/$run/rate")));
        $top += 30;
    }

    return ($svg, $bottom - $y + 40);
}


# p50 to p99.9 at two rates, side by side, on one scale; returns it and its
# height

sub latencies {
    my ($n, $y) = @_;
    my $height = 190;
    my @all;

    for my $share (qw(quarter half)) {
        for my $line (@lines) {
            push @all, grep { defined }
                       map { $f->get("latency/$n/$share/$line->[1]/$_->[0]") }
                           @quantiles;
        }
    }

    return ('', 0) if !@all;

    # powers of ten, all in between
    my $low = 10 ** floor(log(least(@all)) / log 10);
    my $high = 10 ** (1 + floor(log(most(@all)) / log 10));
    my $svg = text(24, $y + 14, 'head', 'Latency of a claim at a fixed rate')
              . text(24, $y + 34, 'soft',
                     'From when each was due, in ms, on a logarithmic scale.'
                     . ' Lower is better.');
    my $x = 70;

    for my $share (qw(quarter half)) {
        $svg .= panel($n, $share, $x, $y + 66, 300, $height - 30, $low, $high);
        $x += 410;
    }

    return ($svg, $height + 90);
}


sub panel {
    my ($n, $share, $x, $y, $wide, $high, $least, $most) = @_;
    my $asked = $f->get("latency/$n/$share/won/asked");
    my $of = sub {
        $y + $high * (1 - log($_[0] / $least) / log($most / $least));
    };
    my $svg = text($x, $y - 10, '',
                   Rush::Figures::thousands($asked) . ' a second'
                   . '<tspan class="soft">, '
                   . ($share eq 'half' ? 'half' : 'a quarter')
                   . ' of what Rush has at most</tspan>');
    my %ends;

    for (my $at = $least; $at <= $most * 1.001; $at *= 10) {
        $svg .= line('grid', $x, $of->($at), $x + $wide, $of->($at));
        $svg .= text($x - 8, $of->($at) + 4, 'soft end', 0 + sprintf '%g', $at);
    }

    for my $i (0 .. $#quantiles) {
        $svg .= text($x + 24 + $i * ($wide - 48) / $#quantiles, $y + $high + 18,
                     'soft middle', $quantiles[$i][1]);
    }

    for my $line (@lines) {
        my ($name, $run, $class) = @$line;
        my @points = map { $f->get("latency/$n/$share/$run/$_->[0]") }
                         @quantiles;

        next if grep { !defined } @points;

        my @at = map { [ $x + 24 + $_ * ($wide - 48) / $#quantiles,
                         $of->($points[$_]) ] } 0 .. $#points;

        $svg .= sprintf '<polyline class="line %s" points="%s"/>' . "\n",
                        $class,
                        join ' ', map { sprintf '%.1f,%.1f', @$_ } @at;
        $svg .= sprintf '<circle class="%s" cx="%.1f" cy="%.1f" r="3.5"/>'
                        . "\n", $class, @$_ for @at;
        $ends{$name} = [$at[-1][1], $class];
    }

    return $svg . labels($x + $wide - 12, \%ends);
}


# names at the ends of lines, no two on each other

sub labels {
    my ($x, $ends) = @_;
    my ($svg, $last) = ('', -100);

    for my $name (sort { $ends->{$a}[0] <=> $ends->{$b}[0] } keys %$ends) {
        my ($y, $class) = @{ $ends->{$name} };

        $y = $last + 15 if $y < $last + 15;
        $svg .= text($x, $y + 4, $class, $name);
        $last = $y;
    }

    return $svg;
}


sub text {
    my ($x, $y, $class, $text) = @_;

    return sprintf "<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n", $x, $y,
                   $class eq '' ? '' : " class=\"$class\"", $text;
}


sub line {
    return sprintf "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\""
                   . " y2=\"%.1f\"/>\n", @_;
}


sub most {
    return (sort { $b <=> $a } @_)[0];
}


sub least {
    return (sort { $a <=> $b } @_)[0];
}


sub floor {
    my ($value) = @_;

    return int($value) - ($value < 0 && $value != int $value);
}


1;
