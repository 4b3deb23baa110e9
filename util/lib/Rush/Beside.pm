package Rush::Beside;

# For util/test-others: puts $RUSH_BESIDE into the http block of all that a file
# of another module's tests, which are of Test::Nginx, gives to nginx.
#
#   perl -MRush::Beside FILE


use strict;
use warnings;

require Test::Nginx::Util;

Test::Nginx::Util::add_block_preprocessor(sub {
    my $block = shift;

    my $config = $block->http_config // '';

    $block->set_value('http_config', "$ENV{RUSH_BESIDE}\n$config");
});

1;
