"""How are dates and numbers written in English?"""

DATE_FORMAT = SHORT_DATE_FORMAT = "j.n.Y"
TIME_FORMAT = "G:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = r"j.n.Y \a\t G:i"
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d"]
FIRST_DAY_OF_WEEK = 1
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
