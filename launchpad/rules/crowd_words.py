"""What the crowd of a rehearsal is called and says."""

from random import Random

FIRST = (
    "Ana", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jasmin", "Kofi", "Lena",
    "Marek", "Noor",
    "Olga", "Paulo", "Quentin", "Rosa", "Sven", "Tomoko", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoë",
    "Amara",
    "Björn", "Camille", "Dafydd", "Esther", "Felix", "Gintarė", "Hugo", "Inês", "João", "Katya", "Liam",
    "Mina", "Nils",
)  # fmt: skip
LAST = (
    "Almeida", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Gruber", "Hansen", "Ivanova", "Jansen",
    "Kowalski",
    "Lopes", "Moreau", "Novak", "Okafor", "Pereira", "Quist", "Ricci", "Santos", "Tanaka", "Ueda",
    "Virtanen", "Weber",
    "Yılmaz", "Zimmer", "O'Brien", "Sørensen", "Müller", "Nguyen", "Rahman",
)  # fmt: skip

IDEAS = (
    ("A travel case", "Mine will move between two desks. Something soft that closes would do."),
    ("Sell the parts one by one", "I repair things. A page with every screw and its price would win me over."),
    ("A longer cable", "The socket is behind my bookshelf, as it is in every old flat."),
    ("A quieter colour", "Something between grey and green. Everything I own is one or the other."),
    ("Refill instead of new", "Take the old one back and send it out again. I would pay a deposit."),
    ("A version for left-handed people", "The knob is always on the wrong side for one in ten of us."),
    ("Write the instructions large", "My father would use it too, if he could read how."),
    ("Less packaging", "The last thing I ordered came in a box inside a box inside a box."),
)

OPINIONS = (
    "Just got mine. Hands are shaking a little, I admit.",
    "The preview was worth it alone: you can see where our votes went.",
    "Waiting since the first day of the list. Number 14 and proud.",
    "Bought the one I had voted against. It looks better than I thought.",
    "Watching from the train. Please nobody buy the last one before Porto.",
    "Thank you for saying how many are left. No other shop does.",
    "My partner asked why I am cheering at a phone.",
    "Second one is for my mother. She does not know yet.",
    "That went faster than I thought. Well done, everybody.",
    "I like that one can see who is behind it. Hello from Gdańsk.",
    "Ordered. Now where do I put the old one?",
    "Good evening from the kitchen table in Utrecht.",
)

QUESTIONS = (
    "Does it run quietly? I record voices at my desk.",
    "When do you send the first ones out?",
    "Can I change the colour after ordering?",
    "Is the price for members still the same at the launch?",
    "Will there be more if these are gone?",
    "How long is the guarantee?",
)

ANSWERS = {
    QUESTIONS[0]: "It does: there is nothing in it that turns or hums. Two of us record beside ours.",
    QUESTIONS[1]: "The first ones leave in the week after launch day, in the order in which they were bought.",
    QUESTIONS[2]: "Yes, until it is packed. Write to us from the page of your order.",
    QUESTIONS[3]: "It is the same, for everyone.",
    QUESTIONS[4]: "We make more when we know how many of you want one. Leave your address and we write.",
    QUESTIONS[5]: "Two years, and parts for ten.",
}

TESTIMONIALS = (
    "I tried one of the first for a week, and gave it back only because I had promised to.",
    "What convinced me is what they left out.",
    "You asked us, and then you did it. I have not seen that before.",
    "It looks like somebody who lives with one has made it.",
    "My neighbour has one of the first. I have been borrowing sugar more often since.",
)

STORIES = (
    "Before, there was one lamp for the whole room and I squinted from four o'clock on. Now I see evening come.",
    "I moved the desk to the window and this beside it. That is all, and it is a different room.",
    "My daughter does her homework here now. I have to ask for my own place back.",
    "Three of us share this table. Since last week nobody argues about who sits in the corner.",
    "I photographed the same corner in March and today. Guess which one I like to sit in.",
    "Nothing special, a desk and some light. But I start earlier and stop earlier, and that is special.",
    "Small flat, one table for everything. It earns its place.",
    "We use it in the workshop. It has already had sawdust in every joint and does not mind.",
)

UPDATES = {
    "first": "The head start has begun. Whoever waited may go first; we are here all day and answer everything.",
    "launch": "Doors are open for everyone. Thank you for making this with us. Ask whatever you like, right here.",
    "later": "We are packing the first boxes while you read this. Keep the questions coming.",
    "night": "Good night from the workshop. What you ask now we answer in the morning.",
    "recap": "What a day. We are counting, and will tell you everything in the recap.",
}


def named(seed: int, number: int) -> str:
    """The name of an actor."""
    random = Random(f"name:{seed}:{number}")
    return f"{random.choice(FIRST)} {random.choice(LAST)}"
