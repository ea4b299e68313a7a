"""Names and phrases of the made-up MSP and its customers. Any likeness to a real company is chance."""

FIRST_NAMES = (
    "Anna", "Ben", "Chloë", "David", "Elif", "François", "Grace", "Håkon", "Inés", "Jamal", "Kateřina", "Liam",
    "Mei", "Noah", "Olga", "Priya", "Quentin", "Rosa", "Søren", "Tomasz", "Ulla", "Victor", "Wanda", "Xiùyīng",
    "Yusuf", "Zoë", "山田", "Łukasz", "Siobhán", "D'Arcy",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Björk", "Castillo", "Dvořák", "Evans", "Fischer", "García", "Haddad", "Ivanova", "Jönsson", "Kowalski",
    "López", "Müller", "Nguyễn", "O'Brien", "Papadopoulos", "Quinn", "Rossi", "Šimić", "Taylor", "Ünal", "Varga",
    "Wójcik", "Xu", "Yılmaz", "Zimmermann", "太郎", "Van der Berg",
)  # fmt: skip
REPS = (
    ("Amelia", "Stone"), ("Bruno", "Marques"), ("Céline", "Dubois"), ("Dmitri", "Orlov"), ("Esther", "Kim"),
    ("Frank", "O'Neill"), ("Gülşen", "Aydın"), ("Henrik", "Ødegaard"), ("Isabel", "Núñez"), ("Jack", "Turner"),
    ("Keiko", "Tanaka"), ("Leo", "Weiß"),
)  # fmt: skip
FORMER_REPS = (("Mona", "Petit"), ("Nils", "Åkesson"))
TECHNICIANS = (
    ("Oscar", "Bell"), ("Paula", "Reyes"), ("Ravi", "Menon"), ("Sven", "Lund"), ("Tara", "Walsh"), ("Uwe", "Krause"),
)  # fmt: skip
COMPANY_STARTS = (
    "Alder", "Blue Harbor", "Cedar", "Delta", "Evergreen", "Fox & Finch", "Granite", "Hillside", "Iron Gate",
    "Juniper", "Kestrel", "Lakeview", "Maple", "Northgate", "Oak Street", "Pioneer", "Quarry", "Riverside",
    "Stonebridge", "Timber", "Union", "Valley", "Westfield", "York", "Zenith", "Älvdal", "Møllers", "São Bento",
)  # fmt: skip
COMPANY_KINDS = (
    "Dental", "Law Group", "Accounting", "Logistics", "Clinic", "Foods", "Architects", "Insurance", "Motors",
    "Schools", "Credit Union", "Realty", "Printing", "Engineering", "Vineyards", "Pharmacy", "Hotels", "Media",
)  # fmt: skip
ODD_COMPANIES = (
    "@Work Coworking", "+1 Logistics", "=Equal Parts Design", "-40 Cold Storage", "<Arrow> & Sons", "Société Générique",
    "株式会社さくら", "Müller & Söhne GmbH", 'The "Quoted" Company', "Comma, Semicolon; Partners",
)  # fmt: skip
CITIES = ("Albany", "Boston", "Hartford", "Newark", "Portland", "Providence", "Québec", "Syracuse")
DEALS = (
    "Managed services", "Firewall refresh", "Microsoft 365 migration", "Backup and recovery", "Security assessment",
    "VoIP rollout", "Server replacement", "Co-managed IT", "Endpoint protection", "Office move",
)  # fmt: skip
MEETINGS = (
    "Quarterly business review", "Discovery meeting", "Contract walk-through", "Pipeline review", "Site survey",
    "Lunch & learn", "Weekly sales stand-up", "Onboarding kick-off",
)  # fmt: skip
TICKETS = (
    "Cannot print", "VPN drops every hour", "New starter set-up", "Disk space alert", "Password reset", "Wi-Fi slow",
)  # fmt: skip
OUTBOUND = (
    "Called to follow up on the quote, left voicemail.", "Called about the renewal, will decide next week.",
    "Cold call, asked to be called again after the holidays.", "Checked in after the migration — all good 👍",
)  # fmt: skip
INBOUND = (
    "Customer called with questions about the proposal.", "Called in to ask for a second quote.",
    "Rang us about licences; sent over the price list.",
)  # fmt: skip
EMAILS = ("Sent the proposal and next steps.", "Sent recap of the meeting.", "Answered questions on price.")
MEETING_NOTES = ("Met on site, walked through the roadmap.", "Video meeting with the owner and the office manager.")
OTHER_NOTES = (
    "Updated forecast.",
    "Touched base at the chamber event.",
    "Asked for updated user count.",
    "Internal note",
)
HTML_NOTES = (
    "<p>Agreed next steps:</p><ul><li>send quote</li><li>book site survey</li></ul>",
    '<div style="font-family:Arial">Spoke about <b>backup</b> &amp; recovery<br/>Follow-up in two weeks</div>',
    "<script>alert('not run')</script>Copied from an e-mail signature",
)
LOSSES = ("Went with a cheaper provider", "Budget frozen until next year", "Owner retired")
WINS = ("Liked the response times", "Referred by an existing customer")
