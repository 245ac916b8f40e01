"""Prints what libraries of PyPI make of a link, as JSON: `python3 read.py URL`."""

import json
import sys

import micawber
import pyoembed

url = sys.argv[1]
host = url.split("/c/")[0]
known = micawber.ProviderRegistry()
known.register(host + r"/c/\S+", micawber.Provider(host + "/oembed"))
said = {
    # Finds the way by the links in the page's head.
    "pyoembed": pyoembed.oEmbed(url, maxwidth=500, maxheight=300),
    # Knows the way.
    "micawber": known.request(url, maxwidth=400),
    "article": micawber.parse_text(url, known, maxwidth=400),
}
print(json.dumps(said))
