#!/usr/bin/perl

# Puts the tables and the picture of a JSON into the documentation.
#
#   docs.pl JSON DIRECTORY
#
# In DIRECTORY/benchmarks.md a table stands between two lines,
# "<!-- bench NAME -->" and "<!-- end -->", which stay; its name is one of
# Rush::Tables.  The picture is DIRECTORY/benchmarks.svg.  A table whose figures
# the JSON does not have stays as it is, and is named.


use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use Rush::Figures;
use Rush::Picture;
use Rush::Tables;

my ($json, $dir) = @ARGV;

if (!defined $dir) {
    print STDERR "usage: docs.pl JSON DIRECTORY\n";
    exit 2;
}

my $figures = Rush::Figures->read($json);
my %tables = Rush::Tables::tables($figures);
my $text = slurp("$dir/benchmarks.md");

$text =~ s{(<!-- bench (\w+) -->\n)(.*?)(?=<!-- end -->)}
          {$1 . (filled($2) // $3)}gse;

spew("$dir/benchmarks.md", $text);
spew("$dir/benchmarks.svg", Rush::Picture::picture($figures));


sub filled {
    my ($name) = @_;

    return "\n$tables{$name}\n" if defined $tables{$name};

    print STDERR "$json has nothing for \"$name\"\n";
    return;
}


sub slurp {
    my ($file) = @_;

    open my $fh, '<:utf8', $file or die "cannot open \"$file\": $!\n";
    local $/;

    return <$fh>;
}


sub spew {
    my ($file, $text) = @_;

    open my $fh, '>:utf8', $file or die "cannot write \"$file\": $!\n";
    print $fh $text;
    close $fh or die "cannot write \"$file\": $!\n";
}
