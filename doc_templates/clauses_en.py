"""What do the English sample commitments say? Written as `clauses_fi.py`: change all three, then build."""

NOTICE = "SAMPLE – not an official template of Kaikukeskus"
RUNNING_HEAD = "{{ title }} · {{ region_name }}"
SUBTITLE = "Kaikukortti region {{ region_name }}"
SUMMARY = "{{ title }}: parties, tasks, term and signatures"

_FRONT = """
Document: {{ document_id }}
Drawn up: {{ made_on }}
Operating model: The national operating model of Kaikukortti, version {{ operating_model }}
{%p if term_end %}
Trial period: {{ term_start }}–{{ term_end }}
{%p else %}
In force: from {{ term_start }}
{%p endif %}
"""
_PARTNER_FRONT = """
Partner: {{ partner.name }}
{%p if partner.unit %}
Unit: {{ partner.unit }}
{%p endif %}
{%p if partner.business_id %}
Business ID: {{ partner.business_id }}
{%p endif %}
{%p if partner.sector or partner.kind %}
Sector and type: {{ partner.sector }}{% if partner.sector and partner.kind %}, {% endif %}{{ partner.kind }}
{%p endif %}
{%p if is_distributor %}
Role: Kaikukortti distributor
{%p endif %}
{%p if is_venue %}
Role: Kaikukortti venue
{%p endif %}
{%p if partner.contact_name %}
Contact person: {{ partner.contact_name }}{% if partner.contact_title %},
  {{ partner.contact_title }}{% endif %}{% if partner.contact_email %},
  {{ partner.contact_email }}{% endif %}{% if partner.contact_phone %}, {{ partner.contact_phone }}{% endif %}
{%p endif %}
"""

REGION = """
# Parties
The parties to this commitment are:
[parties]
In this commitment, Kaikukeskus means the service {{ kaikukeskus.name }}. {{ kaikukeskus.legal_name }} is
  responsible for the service.
The region means the Kaikukortti region {{ region_name }}. Taking part:
  {% for m in municipalities %}{% if not loop.first %}{% if loop.last %} and {% else %},
  {% endif %}{% endif %}{{ m.name }}{% endfor %}.

# Purpose
The purpose of this commitment is to ensure that Kaikukortti works well and in the same way throughout the country,
  and that the region has the support of Kaikukeskus.
Kaikukortti gives people in a tight financial situation better opportunities to enjoy art and culture, to take part
  in sports and to pursue leisure activities. It is founded on equality.
The region tries out Kaikukortti and takes it into use in cooperation with Kaikukeskus.

# Commitment to the national operating model
The parties follow the national operating model of Kaikukortti (version {{ operating_model }}).
Kaikukortti distributors and venues commit to the same operating model. This is why the card works in every
  Kaikukortti region, across the borders of municipalities and wellbeing services counties.
Kaikukeskus has the main responsibility for the operating model. The responsible persons take part in updating it
  when necessary.

# Tasks of the region
Responsibility for coordinating the trial in practice and for maintaining Kaikukortti in the region is always local.
Both the culture side and the side of social welfare and healthcare or of health and wellbeing promotion (the care
  side) name at least one responsible person. The responsible persons are named in Annex 2.
The culture side is responsible for the Kaikukortti venues and the care side for the distributors, unless another
  division of work is agreed locally.
{%p if has_county %}
The municipality or municipalities of the region and {{ county_name }} agree together on their cooperation in the
  local coordination of Kaikukortti.
{%p else %}
The wellbeing services county is not a party to this commitment. The responsible person named in Annex 2 sees to the
  tasks of the care side.
{%p endif %}
The tasks of the responsible persons are:
- to bring together the local Kaikukortti network, and to discuss every new distributor with Kaikukeskus first
- to make the commitments with organisations that join the network, following the commitment templates of Kaikukeskus
- to see to it that every distributor and every venue has a named Kaikukortti contact person
- to create accounts in Kaikukanta for the distributors and venues, and to follow the registration and use of the card
  in the reports of Kaikukanta
- to instruct the members of the network and introduce them to Kaikukortti and the operating model
- to produce, print and hand out the cards, the community cards, the client brochures and the posters
- to arrange a feedback meeting for the network at least once a year, and to invite Kaikukeskus to it
- to take part in the national meeting of responsible persons arranged by Kaikukeskus.
{%p if local_page %}
The responsible persons keep the local Kaikukortti web page up to date: {{ local_page }}
{%p else %}
The responsible persons set up a local Kaikukortti web page for the region and keep it up to date.
{%p endif %}
{%p if feedback_email %}
The responsible persons answer the messages that come to the local feedback address: {{ feedback_email }}
{%p else %}
The responsible persons open an e-mail address for Kaikukortti feedback in the region and answer the messages that
  come to it.
{%p endif %}

# Tasks of Kaikukeskus
The tasks of Kaikukeskus are:
- to coordinate and develop Kaikukortti nationally, and to keep the operating model up to date
- to train the responsible persons of the region and support them, mainly remotely
- to give its view on every new distributor before a commitment is made with it
- to take part in the kick-off workshop, the feedback meetings and other local development work
- to maintain the Kaikukanta database and the website kaikukortti.fi
- to give the region, free of charge, the templates for cards and communications and the induction materials
- to arrange a national meeting of responsible persons every year.

# Costs
The costs of Kaikukanta, the website kaikukortti.fi and IT support are apportioned to the municipalities and the
  wellbeing services counties by number of residents.
{%p if costs %}
The estimated yearly shares are based on the number of residents{% if population_year %} in
  {{ population_year }}{% endif %}. The estimate for 2025 allows for the costs roughly doubling. Kaikukeskus announces
  the final share every year.
[costs]
{%p else %}
Kaikukeskus announces the share every year.
{%p endif %}
{%p if not has_county %}
If the municipality belongs to a wellbeing services county, the share of that county is open until it has been
  agreed with Kaikukeskus. The share does not pass to the municipality without a separate agreement.
{%p endif %}
The region bears the costs of its own working time and of local communications and printing.

# Third sector
The local Kaikukortti network includes at least one third-sector organisation as a distributor.

# Trade mark and materials
Kaikukortti is a registered trade mark of {{ kaikukeskus.legal_name }}.
The region uses the name, visual identity and materials of Kaikukortti only in activities under this commitment.

# Data protection
Kaikukeskus is responsible for maintaining Kaikukanta. The cardholder's name, personal identity code, date of birth
  and address are not stored in Kaikukanta.
The parties do not collect personal data of cardholders on the basis of this commitment. Of persons, this commitment
  and its annexes state only contact details that belong to their work.

# Change of responsible persons
Both sides have at least one responsible person at all times. When a responsible person changes, the organisation
  names a successor and informs Kaikukeskus and the other side of the pair without delay.
A change of responsible person does not require a new commitment.

# Term and continuation
{%p if term_end %}
This commitment is valid for the trial period {{ term_start }}–{{ term_end }}. It enters into force when all parties
  have committed to it.
{%p else %}
This commitment is valid from {{ term_start }}. It enters into force when all parties have committed to it.
{%p endif %}
Before the trial ends, the parties evaluate it and decide whether Kaikukortti is taken into permanent use, the trial
  is extended or the activity ends.
If the activity continues, the parties state in writing whether this commitment continues or is replaced by a new one.

# New municipalities
After the trial, the activity can be extended to other municipalities. A new municipality joins this commitment by an
  annex. The annex is signed by the new municipality{% if has_county %}, {{ county_name }}{% endif %} and, last, by
  Kaikukeskus.

# End of the commitment
A party can end its participation by notifying the other parties in writing. The end date is agreed so that partners
  and cardholders are informed in good time.
When the activity in the region ends, the responsible persons inform partners and cardholders and remove the local
  web page. Kaikukeskus closes the region's accounts in Kaikukanta.

# Signatures
Each party signs this commitment. It comes into force when all parties have signed it.
[signatures]

## Annex 1. The region by municipality
[municipalities]

### Annex 2. Responsible persons
#### Responsible persons of the culture side
{%p if culture_people %}
[culture_people]
{%p else %}
! No responsible person has yet been named for the culture side.
{%p endif %}
#### Responsible persons of the care side
{%p if care_people %}
[care_people]
{%p else %}
! No responsible person has yet been named for the care side.
{%p endif %}
"""

PARTNER = """
# Parties
The parties to this commitment are:
[parties]
In this commitment, responsible body means the municipality in which the partner operates{% if has_county %} and the
  wellbeing services county ({{ county_name }}){% endif %}. The municipality or municipalities are listed in Annex 1.
The partner always has a named Kaikukortti contact person. The contact person and the details of the partner are stated
  at the beginning of this commitment.

# Purpose
By this commitment the partner joins the local Kaikukortti network in the region {{ region_name }}.
Kaikukortti gives people in a tight financial situation better opportunities to enjoy art and culture, to take part
  in sports and to pursue leisure activities. It is founded on equality.

# The operating model as a condition of taking part
Commitment to the national operating model of Kaikukortti (version {{ operating_model }}) is a condition of belonging
  to the network. The parties follow the operating model.

{%p if is_distributor %}
# Tasks of the partner as a Kaikukortti distributor
{%p if clearance_date %}
The partner's becoming a distributor has first been discussed with Kaikukeskus. Kaikukeskus cleared it on
  {{ clearance_date }}.
{%p else %}
The partner's becoming a distributor has first been discussed with Kaikukeskus.
{%p endif %}
{%p if most_in_tight %}
Most of the partner's clients are in a tight financial situation.
{%p else %}
In the pair's assessment most of the partner's clients are not in a tight financial situation.
{%p if why_cleared %}
Kaikukeskus has cleared the partner as a distributor for the following reason: {{ why_cleared }}
{%p endif %}
{%p endif %}
{%p if client_group %}
Client group: {{ client_group }}
{%p endif %}
{%p if why_most_clients %}
Grounds: {{ why_most_clients }}
{%p endif %}
{%p if cards_per_year %}
Estimated number of cards a year: {{ cards_per_year }}
{%p endif %}
Everyone who works with clients tells all clients of the target group about Kaikukortti. Kaikukortti is not a
  discretionary benefit.
The card is given to a client who is at least 16 years old and in a tight financial situation. No proof of income is
  required and no income limit is applied. The card is free of charge and personal, and it is usually valid for 12
  months at a time.
The partner registers every card in Kaikukanta and collects at the same time the background data set out in the
  operating model. The card cannot be used before it is registered.
{%p endif %}

{%p if is_venue %}
# Tasks of the partner as a Kaikukortti venue
With Kaikukortti, tickets and course places are free of charge in all of the partner's own programme to which other
  discount groups also have access.
{%p if offering %}
Programme: {{ offering }}
{%p endif %}
The programme can be limited only in exceptional situations and in the ways that the operating model allows.
{%p if limits %}
Limits: {{ limits }}
{%p endif %}
{%p if how_to_get %}
How to get tickets and places: {{ how_to_get }}
{%p endif %}
The partner records in Kaikukanta every ticket and place obtained with Kaikukortti.
{%p endif %}

# Common tasks of partners
The partner introduces its staff to Kaikukortti before the activity begins and at least once a year after that, both
  new and present employees, and keeps its own internal instructions.
The partner takes part in the local feedback meetings and gives feedback on the activity.

# Tasks of the responsible bodies
The responsible bodies support the partner and introduce it to Kaikukortti, give it the Kaikukortti materials, create
  its accounts in Kaikukanta and arrange a feedback meeting at least once a year. The responsible persons of the region
  are named in Annex 2.

{%p if is_venue %}
# Compensation
No compensation is paid to the partner for tickets and course places obtained with Kaikukortti. The partner takes part
  as a gesture of goodwill.

{%p endif %}
# Kaikukanta and data protection
Cards are registered and their use is recorded only in Kaikukanta. The cardholder's name, personal identity code, date
  of birth and address are not stored in Kaikukanta.
The partner neither collects nor keeps, for Kaikukortti, data on the identity of cardholders outside Kaikukanta.

# Change of contact person
{%p if is_distributor %}
When the contact person changes, the partner names a successor and informs the region's responsible person of the care
  side (social welfare and healthcare, or health and wellbeing promotion) without delay.
{%p endif %}
{%p if is_venue %}
When the contact person changes, the partner names a successor and informs the region's responsible person of the
  culture side without delay.
{%p endif %}
A change of contact person does not require a new commitment.

# Communications
The partner's name and details of its Kaikukortti activity are published in the local Kaikukortti brochure and on the
  local Kaikukortti web page.
Kaikukortti is a registered trade mark of {{ kaikukeskus.legal_name }}. The partner uses the name and visual identity
  of Kaikukortti only in activities under this commitment.

# Term and continuation
{%p if term_end %}
This commitment is valid for the trial period {{ term_start }}–{{ term_end }}. It enters into force when all parties
  have committed to it.
{%p else %}
This commitment is valid from {{ term_start }}. It enters into force when all parties have committed to it.
{%p endif %}
If the activity continues after the trial, this commitment continues and no new commitment is needed.

# Leaving
The partner or a responsible body can end this commitment by notifying the other parties in writing. The end date is
  agreed so that cardholders are informed in good time.
When the partner leaves, {% if is_distributor %}it returns the cards not handed out to the responsible body, and
  {% endif %}its accounts in Kaikukanta are closed.

# Signatures or acknowledgement in Kaikukanta
The parties sign this commitment. Instead of signatures, the partner can acknowledge the commitment in Kaikukanta.
  Then {{ kaikukeskus.name }} represents the municipalities and wellbeing services counties, and the date of the
  acknowledgement and the name of the person who gave it are entered in the details of the commitment.
[signatures]

## Annex 1. Area of operation by municipality
[municipalities]

### Annex 2. Responsible persons of the region
{%p if responsible_people %}
[responsible_people]
{%p else %}
! No responsible person has yet been named.
{%p endif %}
"""

FRONTS = {"region_commitment": _FRONT, "partner_commitment": _FRONT + _PARTNER_FRONT}
BODIES = {"region_commitment": REGION, "partner_commitment": PARTNER}

_PEOPLE = [
    ("Name and task", 31, ["**p.name", "p.title", "p.substitute"]),
    ("Municipality or region", 26, ["p.municipality"]),
    ("Contact details", 43, ["p.email", "p.phone"]),
]
TABLES = {
    "parties": ("parties", "Parties to the commitment", [
        ("Party", 56, ["**p.name", "p.role"]), ("Business ID", 18, ["p.business_id"]),
        ("Record number", 26, ["p.record_number"]),
    ]),
    "costs": ("costs", "Estimated yearly shares in euros", [
        ("Party", 46, ["**p.name"]), ("Residents", 18, ["#p.residents"]),
        ("2024, €", 18, ["#p.share_2024"]), ("2025, €", 18, ["#p.share_2025"]),
    ]),
    "signatures": ("parties", "Signatures", [
        ("Party", 34, ["**p.name", "p.role"]),
        ("Signatory", 30, ["p.signatory_name", "p.signatory_title", "p.signatory_basis"]),
        ("Place, date and signature", 36, ["/"]),
    ]),
    "municipalities": ("municipalities", "Municipalities", [
        ("Municipality", 56, ["**p.name"]), ("Municipality code", 22, ["p.code"]), ("Residents", 22, ["#p.population"]),
    ]),
    "culture_people": ("culture_people", "Responsible persons of the culture side", _PEOPLE),
    "care_people": ("care_people", "Responsible persons of the care side", _PEOPLE),
    "responsible_people": ("responsible_people", "Responsible persons of the region", [
        *_PEOPLE[:2], ("E-mail", 43, ["p.email"]),
    ]),
}  # fmt: skip
