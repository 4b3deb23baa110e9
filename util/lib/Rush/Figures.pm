package Rush::Figures;

# Figures of util/bench: a tree, as JSON has it, and a path to each, such as
# "connections/64/won/rate".
#
#   my $figures = Rush::Figures->read('build/bench.json');
#   my $rate = $figures->get('connections/64/won/rate');   undef: there is none
#   my @names = $figures->names('connections');            sorted, as numbers
#                                                          where they are some
#   my $text = $figures->text($path, $digits);             '' for none
#
#   my $figures = Rush::Figures->new;
#   $figures->put($path, $value);
#   print $figures->json;
#
# title(RUN) is what a run is called in tables and pictures.


use strict;
use warnings;

use JSON::PP;

my %title = (
    plain       => 'return 200',
    won         => 'claim, won',
    sequence    => 'claim of a sequence, won',
    pool        => 'claim of a pool, won',
    peer        => 'claim, won, by OpenResty',
    dict        => 'the same with a dict',
    node        => 'claim, won, by Node.js',
    out         => 'claim, sold_out',
    peer_out    => 'sold_out by OpenResty',
    dict_out    => 'the same with a dict',
    node_out    => 'sold_out by Node.js',
    early       => 'claim, early',
    ended       => 'claim, ended',
    plain_get   => 'return 200, GET',
    state       => 'rush_state, GET',
    redirect    => 'return 302',
    scan        => 'scan',
    scan_rules  => 'scan, three rules',
    scan_pool   => 'scan, pool in turn',
    scan_sticky => 'scan, sticky pool with caps',
    peer_ready  => 'OpenResty, ready in a dict',
    peer_rules  => 'OpenResty, three rules',
    peer_ask    => 'OpenResty, HGET',
    redirect_hot => 'return 302, any of many',
    scan_hot    => 'scan, any of many',
    won_many    => 'claim, won',
);


sub title {
    my ($self, $name) = @_;

    return $title{$name} // $name;
}


sub new {
    return bless { tree => {} }, shift;
}


sub read {
    my ($class, $file) = @_;

    open my $fh, '<:raw', $file or die "cannot open \"$file\": $!\n";
    local $/;

    return bless { tree => decode_json(<$fh>) }, $class;
}


sub json {
    my ($self) = @_;

    return JSON::PP->new->utf8->canonical->indent->indent_length(1)
                   ->space_after->encode($self->{tree});
}


sub get {
    my ($self, $path) = @_;
    my $node = $self->{tree};

    for my $name (split m{/}, $path) {
        return if ref $node ne 'HASH';
        $node = $node->{$name};
    }

    return $node;
}


sub put {
    my ($self, $path, $value) = @_;
    my @names = split m{/}, $path;
    my $last = pop @names;
    my $node = $self->{tree};

    $node = $node->{$_} //= {} for @names;
    $node->{$last} = $value;
}


sub names {
    my ($self, $path) = @_;
    my $node = $self->get($path);

    return if ref $node ne 'HASH';

    return sort { "$a$b" =~ /^\d+\z/ ? $a <=> $b : $a cmp $b } keys %$node;
}


# 12345678.9 -> 12,345,679

sub thousands {
    my ($value) = @_;

    return '' if !defined $value;

    my $text = sprintf '%.0f', $value;

    1 while $text =~ s/^(-?\d+)(\d{3})/$1,$2/;

    return $text;
}


sub text {
    my ($self, $path, $digits) = @_;
    my $value = $self->get($path);

    return defined $value ? sprintf "%.${digits}f", $value : '';
}


1;
