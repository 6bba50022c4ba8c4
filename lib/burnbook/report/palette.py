"""The colors of series, in order: distinguishable with each kind of color blindness.

Based on the palette of Okabe and Ito (2008, Color Universal Design), darker on a light page.
"""

LIGHT = (
    *("#0072b2", "#d55e00", "#009e73", "#aa4499", "#b8860b", "#56b4e9"),
    *("#882255", "#44aa99", "#332288", "#999933", "#cc6677", "#7a7a7a"),
)
DARK = (
    *("#56b4e9", "#e69f00", "#2fbf94", "#cc79a7", "#f0e442", "#0072b2"),
    *("#d55e00", "#88ccee", "#b39ddb", "#ddcc77", "#ee99aa", "#aaaaaa"),
)
