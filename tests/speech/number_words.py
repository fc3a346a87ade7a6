"""Number words by hand, from the rules of each language: nothing here is computed.

Turkmen: biggest first, written apart, no "and"; only the last word takes an ending. Russian: three
genders, and the form of a noun (one, few, many). English: as it is said in America.
"""

from __future__ import annotations

# The tables are as wide as their words.
# ruff: noqa: E501

NUMBERS = """
0       | nol                        | ноль                            | ноль                            | ноль                            | many | ноля                                  | zero
1       | bir                        | один                            | одна                            | одно                            | one  | одного                                | one
2       | iki                        | два                             | две                             | два                             | few  | двух                                  | two
3       | üç                         | три                             | три                             | три                             | few  | трёх                                  | three
4       | dört                       | четыре                          | четыре                          | четыре                          | few  | четырёх                               | four
5       | bäş                        | пять                            | пять                            | пять                            | many | пяти                                  | five
6       | alty                       | шесть                           | шесть                           | шесть                           | many | шести                                 | six
7       | ýedi                       | семь                            | семь                            | семь                            | many | семи                                  | seven
8       | sekiz                      | восемь                          | восемь                          | восемь                          | many | восьми                                | eight
9       | dokuz                      | девять                          | девять                          | девять                          | many | девяти                                | nine
10      | on                         | десять                          | десять                          | десять                          | many | десяти                                | ten
11      | on bir                     | одиннадцать                     | одиннадцать                     | одиннадцать                     | many | одиннадцати                           | eleven
12      | on iki                     | двенадцать                      | двенадцать                      | двенадцать                      | many | двенадцати                            | twelve
13      | on üç                      | тринадцать                      | тринадцать                      | тринадцать                      | many | тринадцати                            | thirteen
14      | on dört                    | четырнадцать                    | четырнадцать                    | четырнадцать                    | many | четырнадцати                          | fourteen
19      | on dokuz                   | девятнадцать                    | девятнадцать                    | девятнадцать                    | many | девятнадцати                          | nineteen
20      | ýigrimi                    | двадцать                        | двадцать                        | двадцать                        | many | двадцати                              | twenty
21      | ýigrimi bir                | двадцать один                   | двадцать одна                   | двадцать одно                   | one  | двадцати одного                       | twenty-one
22      | ýigrimi iki                | двадцать два                    | двадцать две                    | двадцать два                    | few  | двадцати двух                         | twenty-two
24      | ýigrimi dört               | двадцать четыре                 | двадцать четыре                 | двадцать четыре                 | few  | двадцати четырёх                      | twenty-four
25      | ýigrimi bäş                | двадцать пять                   | двадцать пять                   | двадцать пять                   | many | двадцати пяти                         | twenty-five
30      | otuz                       | тридцать                        | тридцать                        | тридцать                        | many | тридцати                              | thirty
40      | kyrk                       | сорок                           | сорок                           | сорок                           | many | сорока                                | forty
50      | elli                       | пятьдесят                       | пятьдесят                       | пятьдесят                       | many | пятидесяти                            | fifty
60      | altmyş                     | шестьдесят                      | шестьдесят                      | шестьдесят                      | many | шестидесяти                           | sixty
70      | ýetmiş                     | семьдесят                       | семьдесят                       | семьдесят                       | many | семидесяти                            | seventy
80      | segsen                     | восемьдесят                     | восемьдесят                     | восемьдесят                     | many | восьмидесяти                          | eighty
90      | togsan                     | девяносто                       | девяносто                       | девяносто                       | many | девяноста                             | ninety
99      | togsan dokuz               | девяносто девять                | девяносто девять                | девяносто девять                | many | девяноста девяти                      | ninety-nine
100     | ýüz                        | сто                             | сто                             | сто                             | many | ста                                   | one hundred
101     | ýüz bir                    | сто один                        | сто одна                        | сто одно                        | one  | ста одного                            | one hundred one
102     | ýüz iki                    | сто два                         | сто две                         | сто два                         | few  | ста двух                              | one hundred two
111     | ýüz on bir                 | сто одиннадцать                 | сто одиннадцать                 | сто одиннадцать                 | many | ста одиннадцати                       | one hundred eleven
112     | ýüz on iki                 | сто двенадцать                  | сто двенадцать                  | сто двенадцать                  | many | ста двенадцати                        | one hundred twelve
121     | ýüz ýigrimi bir            | сто двадцать один               | сто двадцать одна               | сто двадцать одно               | one  | ста двадцати одного                   | one hundred twenty-one
200     | iki ýüz                    | двести                          | двести                          | двести                          | many | двухсот                               | two hundred
300     | üç ýüz                     | триста                          | триста                          | триста                          | many | трёхсот                               | three hundred
400     | dört ýüz                   | четыреста                       | четыреста                       | четыреста                       | many | четырёхсот                            | four hundred
500     | bäş ýüz                    | пятьсот                         | пятьсот                         | пятьсот                         | many | пятисот                               | five hundred
999     | dokuz ýüz togsan dokuz     | девятьсот девяносто девять      | девятьсот девяносто девять      | девятьсот девяносто девять      | many | девятисот девяноста девяти            | nine hundred ninety-nine
1000    | bir müň                    | одна тысяча                     | одна тысяча                     | одна тысяча                     | many | одной тысячи                          | one thousand
1001    | bir müň bir                | одна тысяча один                | одна тысяча одна                | одна тысяча одно                | one  | одной тысячи одного                   | one thousand one
1992    | bir müň dokuz ýüz togsan iki | одна тысяча девятьсот девяносто два | одна тысяча девятьсот девяносто две | одна тысяча девятьсот девяносто два | few | одной тысячи девятисот девяноста двух | one thousand nine hundred ninety-two
2000    | iki müň                    | две тысячи                      | две тысячи                      | две тысячи                      | many | двух тысяч                            | two thousand
2001    | iki müň bir                | две тысячи один                 | две тысячи одна                 | две тысячи одно                 | one  | двух тысяч одного                     | two thousand one
5000    | bäş müň                    | пять тысяч                      | пять тысяч                      | пять тысяч                      | many | пяти тысяч                            | five thousand
11000   | on bir müň                 | одиннадцать тысяч               | одиннадцать тысяч               | одиннадцать тысяч               | many | одиннадцати тысяч                     | eleven thousand
21000   | ýigrimi bir müň            | двадцать одна тысяча            | двадцать одна тысяча            | двадцать одна тысяча            | many | двадцати одной тысячи                 | twenty-one thousand
100000  | ýüz müň                    | сто тысяч                       | сто тысяч                       | сто тысяч                       | many | ста тысяч                             | one hundred thousand
1000000 | bir million                | один миллион                    | один миллион                    | один миллион                    | many | одного миллиона                       | one million
2000000 | iki million                | два миллиона                    | два миллиона                    | два миллиона                    | many | двух миллионов                        | two million
"""
"""Number, Turkmen, Russian masculine, feminine, neuter, form of its noun, genitive; English."""

NOUNS = """
manat    | manat    | 1 | манат         | маната         | манатов        | маната   | манатов  | manat     | manat
tenge    | teňňe    | 1 | тенге         | тенге          | тенге          | тенге    | тенге    | tenge     | tenge
days     | gün      | 1 | день          | дня            | дней           |          |          | day       | days
hours    | sagat    | 1 | час           | часа           | часов          | часа     | часов    | hour      | hours
minutes  | minut    | 2 | минута        | минуты         | минут          | минуты   | минут    | minute    | minutes
seconds  | sekunt   | 2 | секунда       | секунды        | секунд         |          |          | second    | seconds
pieces   | sany     | 2 | штука         | штуки          | штук           |          |          | piece     | pieces
times    | gezek    | 1 | раз           | раза           | раз            |          |          | time      | times
percent  | göterim  | 1 | процент       | процента       | процентов      |          |          | percent   | percent
messages | SMS      | 3 | SMS-сообщение | SMS-сообщения  | SMS-сообщений  |          |          | SMS       | SMS
"""
"""Kind, Turkmen, column of the Russian gender (1 masculine, 2 feminine, 3 neuter), Russian one, few,
many, genitive of one and of others, English one and others."""

DAYS = """
1  | birinji             | первое              | первого              | first
2  | ikinji              | второе              | второго              | second
3  | üçünji              | третье              | третьего             | third
4  | dördünji            | четвёртое           | четвёртого           | fourth
5  | bäşinji             | пятое               | пятого               | fifth
6  | altynjy             | шестое              | шестого              | sixth
7  | ýedinji             | седьмое             | седьмого             | seventh
8  | sekizinji           | восьмое             | восьмого             | eighth
9  | dokuzynjy           | девятое             | девятого             | ninth
10 | onunjy              | десятое             | десятого             | tenth
11 | on birinji          | одиннадцатое        | одиннадцатого        | eleventh
12 | on ikinji           | двенадцатое         | двенадцатого         | twelfth
13 | on üçünji           | тринадцатое         | тринадцатого         | thirteenth
14 | on dördünji         | четырнадцатое       | четырнадцатого       | fourteenth
15 | on bäşinji          | пятнадцатое         | пятнадцатого         | fifteenth
16 | on altynjy          | шестнадцатое        | шестнадцатого        | sixteenth
17 | on ýedinji          | семнадцатое         | семнадцатого         | seventeenth
18 | on sekizinji        | восемнадцатое       | восемнадцатого       | eighteenth
19 | on dokuzynjy        | девятнадцатое       | девятнадцатого       | nineteenth
20 | ýigriminji          | двадцатое           | двадцатого           | twentieth
21 | ýigrimi birinji     | двадцать первое     | двадцать первого     | twenty-first
22 | ýigrimi ikinji      | двадцать второе     | двадцать второго     | twenty-second
23 | ýigrimi üçünji      | двадцать третье     | двадцать третьего    | twenty-third
24 | ýigrimi dördünji    | двадцать четвёртое  | двадцать четвёртого  | twenty-fourth
25 | ýigrimi bäşinji     | двадцать пятое      | двадцать пятого      | twenty-fifth
26 | ýigrimi altynjy     | двадцать шестое     | двадцать шестого     | twenty-sixth
27 | ýigrimi ýedinji     | двадцать седьмое    | двадцать седьмого    | twenty-seventh
28 | ýigrimi sekizinji   | двадцать восьмое    | двадцать восьмого    | twenty-eighth
29 | ýigrimi dokuzynjy   | двадцать девятое    | двадцать девятого    | twenty-ninth
30 | otuzynjy            | тридцатое           | тридцатого           | thirtieth
31 | otuz birinji        | тридцать первое     | тридцать первого     | thirty-first
"""
"""Day, Turkmen, Russian nominative (neuter) and genitive, English."""

MONTHS = """
1  | ýanwar   | ýanwary   | ýanwardan   | ýanwara   | января   | January
2  | fewral   | fewraly   | fewraldan   | fewrala   | февраля  | February
3  | mart     | marty     | martdan     | marta     | марта    | March
4  | aprel    | apreli    | aprelden    | aprele    | апреля   | April
5  | maý      | maýy      | maýdan      | maýa      | мая      | May
6  | iýun     | iýuny     | iýundan     | iýuna     | июня     | June
7  | iýul     | iýuly     | iýuldan     | iýula     | июля     | July
8  | awgust   | awgusty   | awgustdan   | awgusta   | августа  | August
9  | sentýabr | sentýabry | sentýabrdan | sentýabra | сентября | September
10 | oktýabr  | oktýabry  | oktýabrdan  | oktýabra  | октября  | October
11 | noýabr   | noýabry   | noýabrdan   | noýabra   | ноября   | November
12 | dekabr   | dekabry   | dekabrdan   | dekabra   | декабря  | December
"""
"""Month, Turkmen alone, of a year (possessive), from it, to it; Russian genitive; English."""

YEARS = """
1992 | bir müň dokuz ýüz togsan ikinji   | тысяча девятьсот девяносто второго   | one thousand nine hundred ninety-two
1999 | bir müň dokuz ýüz togsan dokuzynjy | тысяча девятьсот девяносто девятого | one thousand nine hundred ninety-nine
2000 | iki müňünji           | двухтысячного                | two thousand
2001 | iki müň birinji       | две тысячи первого           | two thousand one
2010 | iki müň onunjy        | две тысячи десятого          | two thousand ten
2020 | iki müň ýigriminji    | две тысячи двадцатого        | two thousand twenty
2024 | iki müň ýigrimi dördünji | две тысячи двадцать четвёртого | two thousand twenty-four
2026 | iki müň ýigrimi altynjy | две тысячи двадцать шестого | two thousand twenty-six
2030 | iki müň otuzynjy      | две тысячи тридцатого        | two thousand thirty
2034 | iki müň otuz dördünji | две тысячи тридцать четвёртого | two thousand thirty-four
2040 | iki müň kyrkynjy      | две тысячи сорокового        | two thousand forty
2100 | iki müň ýüzünji       | две тысячи сотого            | two thousand one hundred
"""
"""Year, Turkmen ordinal, Russian genitive, English."""

HOURS = """
0  | nol         | noldan          | nola           | twelve AM
1  | bir         | birden          | bire           | one AM
2  | iki         | ikiden          | ikä            | two AM
3  | üç          | üçden           | üçe            | three AM
4  | dört        | dörtden         | dörde          | four AM
5  | bäş         | bäşden          | bäşe           | five AM
6  | alty        | altydan         | alta           | six AM
7  | ýedi        | ýediden         | ýedä           | seven AM
8  | sekiz       | sekizden        | sekize         | eight AM
9  | dokuz       | dokuzdan        | dokuza         | nine AM
10 | on          | ondan           | ona            | ten AM
11 | on bir      | on birden       | on bire        | eleven AM
12 | on iki      | on ikiden       | on ikä         | twelve PM
13 | on üç       | on üçden        | on üçe         | one PM
14 | on dört     | on dörtden      | on dörde       | two PM
19 | on dokuz    | on dokuzdan     | on dokuza      | seven PM
20 | ýigrimi     | ýigrimiden      | ýigrimä        | eight PM
21 | ýigrimi bir | ýigrimi birden  | ýigrimi bire   | nine PM
22 | ýigrimi iki | ýigrimi ikiden  | ýigrimi ikä    | ten PM
"""
"""Hour (of NUMBERS), Turkmen alone, from it, to it; English with minutes."""

MINUTES = """
1  | nol bir         | nol birden          | nol bire           | oh one
2  | nol iki         | nol ikiden          | nol ikä            | oh two
5  | nol bäş         | nol bäşden          | nol bäşe           | oh five
9  | nol dokuz       | nol dokuzdan        | nol dokuza         | oh nine
10 | on              | ondan               | ona                | ten
11 | on bir          | on birden           | on bire            | eleven
12 | on iki          | on ikiden           | on ikä             | twelve
20 | ýigrimi         | ýigrimiden          | ýigrimä            | twenty
21 | ýigrimi bir     | ýigrimi birden      | ýigrimi bire       | twenty-one
22 | ýigrimi iki     | ýigrimi ikiden      | ýigrimi ikä        | twenty-two
30 | otuz            | otuzdan             | otuza              | thirty
40 | kyrk            | kyrkdan             | kyrka              | forty
50 | elli            | elliden             | ellä               | fifty
"""
"""Minute (of NUMBERS), Turkmen alone, from it, to it; English."""

FEMININE_GENITIVES = {1: "одной", 21: "двадцати одной"}
"""Of minutes, where it is not the masculine one."""

PHONES = """
65123456    | altmyş bäş, on iki, otuz dört, elli alty          | шестьдесят пять, двенадцать, тридцать четыре, пятьдесят шесть | sixty-five, twelve, thirty-four, fifty-six
99366300890 | altmyş alty, otuz, nol sekiz, togsan              | шестьдесят шесть, тридцать, ноль восемь, девяносто            | sixty-six, thirty, zero eight, ninety
71000001    | ýetmiş bir, nol nol, nol nol, nol bir             | семьдесят один, ноль ноль, ноль ноль, ноль один               | seventy-one, zero zero, zero zero, zero one
0890        | nol sekiz, togsan                                 | ноль восемь, девяносто                                        | zero eight, ninety
123         | bir, ýigrimi üç                                   | один, двадцать три                                            | one, twenty-three
10203040    | on, ýigrimi, otuz, kyrk                           | десять, двадцать, тридцать, сорок                             | ten, twenty, thirty, forty
"""


def rows(table: str) -> list[list[str]]:
    """The cells of a table."""
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]
