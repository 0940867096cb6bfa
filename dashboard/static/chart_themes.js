// Written by scripts/chart_themes.py from the pictures' own colours.
export default {
 "dark": {
  "aria": false,
  "axis": {
   "domainColor": "#2b323b",
   "gridColor": "#2b323b",
   "labelColor": "#9198a1",
   "labelFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "labelFontSize": 12,
   "labelLimit": 150,
   "tickColor": "#2b323b",
   "ticks": false,
   "titleColor": "#9198a1",
   "titleFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "titleFontWeight": 400
  },
  "axisX": {
   "labelPadding": 6
  },
  "axisY": {
   "domain": false,
   "labelPadding": 8
  },
  "background": "transparent",
  "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  "header": {
   "labelColor": "#e6edf3",
   "labelFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "labelFontSize": 12,
   "labelFontWeight": 600
  },
  "point": {
   "filled": true,
   "opacity": 1
  },
  "range": {
   "inks": [
    "#e6edf3",
    "#e6edf3",
    "#e6edf3",
    "#e6edf3",
    "#e6edf3",
    "#e6edf3",
    "#0d1117",
    "#0d1117",
    "#0d1117",
    "#0d1117",
    "#0d1117",
    "#0d1117",
    "#0d1117"
   ],
   "roles": [
    "#58a6ff",
    "#f0883e",
    "#bc8cff",
    "#9198a1",
    "#28476b",
    "#437cbe",
    "#366397",
    "#e6edf3"
   ],
   "shades": [
    "#151b23",
    "#132c4a",
    "#132c4a",
    "#12345e",
    "#16488d",
    "#1b5bbc",
    "#2a78ed",
    "#3d87f2",
    "#5ba0f8",
    "#79b8ff",
    "#9acaff",
    "#badcff",
    "#dbeeff"
   ],
   "tints": [
    "#19293c",
    "#31241d",
    "#29253c",
    "#22272d",
    "#111a24",
    "#162232",
    "#141e2b",
    "#30343a"
   ]
  },
  "style": {
   "background": {
    "color": "#0d1117"
   },
   "blue": {
    "color": "#58a6ff"
   },
   "dark": {
    "color": "#437cbe"
   },
   "faint": {
    "color": "#366397"
   },
   "gap": {
    "color": "#1c232c"
   },
   "growing": {
    "color": "#141e2c",
    "stroke": "#437cbe",
    "strokeDash": [
     3,
     2
    ]
   },
   "grown": {
    "color": "#2d517b",
    "stroke": "#437cbe",
    "strokeDash": [
     3,
     2
    ]
   },
   "hairline": {
    "color": "#2b323b"
   },
   "ink": {
    "color": "#e6edf3"
   },
   "muted": {
    "color": "#9198a1"
   },
   "orange": {
    "color": "#f0883e"
   },
   "pale": {
    "color": "#28476b"
   },
   "release": {
    "color": "#bc8cff",
    "stroke": "#0d1117",
    "strokeWidth": 1.5
   },
   "strip": {
    "color": "#9198a1",
    "opacity": 0
   },
   "violet": {
    "color": "#bc8cff"
   }
  },
  "text": {
   "color": "#9198a1",
   "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "fontSize": 12
  },
  "title": {
   "color": "#e6edf3",
   "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "fontSize": 14,
   "fontWeight": 600,
   "lineHeight": 17,
   "subtitleColor": "#9198a1",
   "subtitleFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "subtitleFontSize": 12,
   "subtitleLineHeight": 17
  },
  "view": {
   "stroke": null
  }
 },
 "light": {
  "aria": false,
  "axis": {
   "domainColor": "#d1d9e0",
   "gridColor": "#d1d9e0",
   "labelColor": "#59636e",
   "labelFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "labelFontSize": 12,
   "labelLimit": 150,
   "tickColor": "#d1d9e0",
   "ticks": false,
   "titleColor": "#59636e",
   "titleFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "titleFontWeight": 400
  },
  "axisX": {
   "labelPadding": 6
  },
  "axisY": {
   "domain": false,
   "labelPadding": 8
  },
  "background": "transparent",
  "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  "header": {
   "labelColor": "#1f2328",
   "labelFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "labelFontSize": 12,
   "labelFontWeight": 600
  },
  "point": {
   "filled": true,
   "opacity": 1
  },
  "range": {
   "inks": [
    "#1f2328",
    "#1f2328",
    "#1f2328",
    "#1f2328",
    "#1f2328",
    "#1f2328",
    "#1f2328",
    "#ffffff",
    "#ffffff",
    "#ffffff",
    "#ffffff",
    "#ffffff",
    "#ffffff"
   ],
   "roles": [
    "#0969da",
    "#bc4c00",
    "#8250df",
    "#59636e",
    "#a6c9f2",
    "#4e93e4",
    "#78aceb",
    "#1f2328"
   ],
   "shades": [
    "#f3f6fa",
    "#cae1fb",
    "#cae1fb",
    "#b6d6fb",
    "#92bff3",
    "#6ea7ea",
    "#4a90e2",
    "#3176cb",
    "#2065bb",
    "#0b4fa8",
    "#09428f",
    "#083675",
    "#06295c"
   ],
   "tints": [
    "#d8e7f9",
    "#f4e2d6",
    "#ebe3fa",
    "#e4e6e8",
    "#f1f6fd",
    "#e3eefb",
    "#e9f2fc",
    "#dbdcdd"
   ]
  },
  "style": {
   "background": {
    "color": "#ffffff"
   },
   "blue": {
    "color": "#0969da"
   },
   "dark": {
    "color": "#4e93e4"
   },
   "faint": {
    "color": "#78aceb"
   },
   "gap": {
    "color": "#e6eaef"
   },
   "growing": {
    "color": "#e9f2fc",
    "stroke": "#4e93e4",
    "strokeDash": [
     3,
     2
    ]
   },
   "grown": {
    "color": "#95beef",
    "stroke": "#4e93e4",
    "strokeDash": [
     3,
     2
    ]
   },
   "hairline": {
    "color": "#d1d9e0"
   },
   "ink": {
    "color": "#1f2328"
   },
   "muted": {
    "color": "#59636e"
   },
   "orange": {
    "color": "#bc4c00"
   },
   "pale": {
    "color": "#a6c9f2"
   },
   "release": {
    "color": "#8250df",
    "stroke": "#ffffff",
    "strokeWidth": 1.5
   },
   "strip": {
    "color": "#59636e",
    "opacity": 0
   },
   "violet": {
    "color": "#8250df"
   }
  },
  "text": {
   "color": "#59636e",
   "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "fontSize": 12
  },
  "title": {
   "color": "#1f2328",
   "font": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "fontSize": 14,
   "fontWeight": 600,
   "lineHeight": 17,
   "subtitleColor": "#59636e",
   "subtitleFont": "'Source Sans 3', 'Source Sans Pro', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
   "subtitleFontSize": 12,
   "subtitleLineHeight": 17
  },
  "view": {
   "stroke": null
  }
 }
};
