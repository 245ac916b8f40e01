<?php
// Prints what WordPress makes of a link that stands alone on a line of a post,
// as JSON: `php wordpress.php WORDPRESS URL`. WordPress's own discovery, HTTP
// client and filters run; only its database is not there.

[, $wordpress, $url] = $argv;
define('ABSPATH', $wordpress . '/');
define('WPINC', 'wp-includes');
define('WP_CONTENT_DIR', ABSPATH . 'wp-content');
$parts = [
    'load', 'class-wp-error', 'plugin', 'functions', 'option', 'formatting', 'kses', 'l10n',
    'http', 'pluggable', 'class-wp-http-response', 'class-wp-http', 'class-wp-http-proxy',
    'class-wp-http-requests-hooks', 'class-wp-http-requests-response', 'class-wp-http-cookie',
    'class-wp-http-encoding', 'class-wp-http-streams', 'class-wp-http-curl', 'class-wp-list-util',
    'link-template', 'general-template', 'shortcodes', 'post', 'embed', 'class-wp-oembed',
];
foreach ($parts as $part) {
    require_once ABSPATH . WPINC . "/$part.php";
}

// What would stand in the database.
$options = ['home' => 'https://news.example', 'siteurl' => 'https://news.example', 'blog_charset' => 'UTF-8'];
add_filter('pre_option', fn ($value, $name) => $options[$name] ?? '', 10, 2);
// This machine is no site that WordPress would ask otherwise.
add_filter('http_request_host_is_external', '__return_true');
add_filter('http_allowed_safe_ports', fn () => [parse_url($url, PHP_URL_PORT)]);
// As `default-filters.php` has them.
add_filter('oembed_dataparse', 'wp_filter_oembed_iframe_title_attribute', 5, 3);
add_filter('oembed_dataparse', 'wp_filter_oembed_result', 10, 3);

$oembed = _wp_oembed_get_object();
// What WordPress asks for where the theme's column is 600 wide.
$room = ['width' => 600, 'height' => 900];
echo json_encode([
    'found' => $oembed->discover($url),
    'html' => $oembed->get_html($url, $room),
]);
