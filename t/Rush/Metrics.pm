package t::Rush::Metrics;

# A strict reader of Prometheus' text format, 0.0.4: says what is wrong.
#
#   perl -I. -Mt::Rush::Metrics -e 'print t::Rush::Metrics::wrong(<STDIN>)'

use strict;
use warnings;

my $name = qr/[a-zA-Z_:][a-zA-Z0-9_:]*/;
my $label = qr/(?!__)[a-zA-Z_][a-zA-Z0-9_]*/;
my $text = qr/"(?:[^"\\\n]|\\[\\"n])*"/;
my $number = qr/[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/;
my $value = qr/$number|[-+]Inf|NaN/;

my %parts = (counter => [''], gauge => [''], untyped => [''],
             summary => ['', '_sum', '_count'],
             histogram => ['_bucket', '_sum', '_count']);


# lines "N: what is wrong", none if nothing is

sub wrong {
    my $all = join '', @_;
    my (@wrong, %family, %seen, %owner, $open);
    my $n = 0;

    push @wrong, "0: no newline at the end" if $all !~ /\n\z/;
    push @wrong, "0: a byte that is not ASCII" if $all =~ /[^\n -~]/;

    for my $line (split /\n/, $all) {
        my $bad = sub { push @wrong, "$n: $_[0]: $line" };
        $n++;

        if ($line =~ /^# (HELP|TYPE) ($name) (.+)$/) {
            my ($what, $of, $rest) = ($1, $2, $3);
            my $f = $family{$of} //= { name => $of, samples => [] };

            $bad->("a second $what") if defined $f->{$what};
            $bad->("$what after samples") if @{ $f->{samples} };
            $bad->('no type') if $what eq 'TYPE' && !$parts{$rest};
            $bad->('names of counters end in _total, no others')
                if $what eq 'TYPE'
                   && ($rest eq 'counter') != ($of =~ /_total$/);

            $f->{$what} = $rest;
            $owner{"$of$_"} = $f
                for $what eq 'TYPE' ? @{ $parts{$rest} // [] } : ();

        } elsif ($line =~ /^($name)(?:\{(.*)\})? ($value)$/) {
            my ($sample, $labels, $number) = ($1, $2, $3);
            my $f = $owner{$sample};

            if (!$f) {
                $bad->('a sample of nothing');
                next;
            }

            my $l = labels($labels);

            if (!$l) {
                $bad->('labels that are none');
                next;
            }

            my $series = join ',', $sample, map { "$_=$l->{$_}" } sort keys %$l;

            $bad->('no HELP') unless defined $f->{HELP};
            $bad->('a second time') if $seen{$series}++;
            $bad->('apart from the others of its metric')
                if @{ $f->{samples} } && $open ne $f->{name};
            $bad->('a counter of less than nothing')
                if $f->{TYPE} eq 'counter' && $number !~ /^[\d.e+]+$/;

            push @{ $f->{samples} }, [ $sample, $l, $number ];
            $open = $f->{name};

        } else {
            $bad->('no line of the format');
        }
    }

    push @wrong, map { "0: $_" } map { buckets($_) }
                 grep { ($_->{TYPE} // '') eq 'histogram' }
                 map { $family{$_} } sort keys %family;

    return join "\n", @wrong;
}


sub labels {
    my ($rest) = @_;
    my %labels;

    return {} unless defined $rest;

    while ($rest =~ s/^($label)=($text)(?:,(?=.)|$)//) {
        return undef if exists $labels{$1};
        $labels{$1} = $2;
    }

    return $rest eq '' ? \%labels : undef;
}


# a histogram: buckets that grow, up to the count, for each set of labels

sub buckets {
    my ($f) = @_;
    my (%sets, @wrong);

    for my $sample (@{ $f->{samples} }) {
        my ($name, $l, $number) = @$sample;
        my %rest = %$l;
        my $le = delete $rest{le};
        my $set = $sets{join ',', map { "$_=$rest{$_}" } sort keys %rest}
                      //= { buckets => [] };
        my ($part) = $name =~ /_(bucket|sum|count)$/;

        if ($part ne 'bucket') {
            $set->{$part} = $number;

        } elsif (!defined $le) {
            push @wrong, "a bucket of $name without le";

        } else {
            push @{ $set->{buckets} }, [ $le =~ s/"//gr, $number ];
        }
    }

    for my $key (sort keys %sets) {
        my $set = $sets{$key};
        my @buckets = @{ $set->{buckets} };
        my $where = "$f->{name} $key";

        push @wrong, "$where has no sum, or no count"
            unless defined $set->{sum} && defined $set->{count};

        push @wrong, "$where does not end in +Inf with its count"
            unless @buckets && $buckets[-1][0] eq '+Inf'
                   && $buckets[-1][1] == ($set->{count} // -1);

        for my $i (1 .. $#buckets) {
            my ($before, $this) = @buckets[$i - 1, $i];

            push @wrong, "$where is not in order at $this->[0]"
                unless $this->[0] eq '+Inf' || $this->[0] > $before->[0];
            push @wrong, "$where shrinks at $this->[0]"
                unless $this->[1] >= $before->[1];
        }
    }

    return @wrong;
}

1;
