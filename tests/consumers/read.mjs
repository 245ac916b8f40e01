// Prints what libraries of npm make of a link, as JSON: `node read.mjs URL`.

import openGraphScraper from "open-graph-scraper";
import { unfurl } from "unfurl.js";

const [, , url] = process.argv;
const unfurled = await unfurl(url, { oembed: true });
const { result } = await openGraphScraper({ url });
console.log(JSON.stringify({ unfurl: unfurled, openGraph: result }));
