#!/usr/bin/perl

# The tables of util/bench, in Markdown.
#
#   tables.pl JSON [PART...]
#
# JSON is what report.pl made; without PART all tables are printed that there
# are figures for.  docs.pl puts them into the documentation, by their names:
# tables() of Rush::Tables.


use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use Rush::Figures;
use Rush::Tables;

my ($file, @parts) = @ARGV;

if (!defined $file) {
    print STDERR "usage: tables.pl JSON [PART...]\n";
    exit 2;
}

my %tables = Rush::Tables::tables(Rush::Figures->read($file));
my %wanted = map { $_ => 1 } @parts, 'goals', 'machine';

binmode STDOUT, ':utf8';

for my $name (Rush::Tables::names()) {
    next if @parts && !$wanted{ Rush::Tables::part($name) };
    next if !defined $tables{$name};

    print "$tables{$name}\n";
}
