"""Names as they are borne in East Java, put together by chance. All people made of them are fictional."""

from __future__ import annotations

from random import Random

MALE, FEMALE = 1, 2


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


OLD = {
    MALE: words(
        "Slamet Sukarno Suparman Sutrisno Kasiman Ponidi Paimin Wagiman Suwarno Sumardi Mulyono Sudarmo Karto Legiman"
        " Ngatiman Parto Poniman Rustam Samsuri Satuki Senawi Matrawi Misnadi Busiri Durahman Asmuni Marsuki"
        " Tohari Buamin"
        " Jumadi Kamari Sariman Wakidi Sukirman Supardi Sarpan Mat Tali Ahmad Abdul Moch. Syafi'i Mas'ud Ma'ruf"
    ),
    FEMALE: words(
        "Ponirah Sumiyati Sutinah Kartini Wagini Legiyem Tukiyem Suparmi Sulastri Sukarti Ngatemi Paini Rukmini"
        " Sarinah Sutiyah Muntamah Marsiah Buani Tiami Misnati Satimah Halimah Asmani Suhartatik Endang Sri"
        " Siti Nur Muslimah"
        " Rohmah Maisaroh Kasiyati Juma'iyah Sa'diyah Ni'mah Rahayu Wiwik Supiyah Mariyam Khotijah"
    ),
}
MIDDLE = {
    MALE: words(
        "Agus Budi Bambang Heri Eko Dwi Tri Joko Hadi Yanto Rudi Dedi Iwan Andi Wahyu Arif Hendra Sugeng Teguh Yudi"
        " Imam Abdul Achmad Mohammad Moch. Zainal Khoirul Fathur Saiful Samsul Miftahul Hasan Husein Nurul"
        " Syaiful Lukman"
        " Ma'mun Mas'ud Rif'an Isma'il Nu'man Qomari Sholeh Faisol Mahrus Hosen Sahrul Didik Puguh Catur Gatot"
    ),
    FEMALE: words(
        "Sri Siti Nur Dewi Ratna Endang Wahyuni Yuli Indah Ani Rina Lilik Tutik Wiwik Umi Khusnul Lailatul Nurul"
        " Maslukah Aminatus Uswatun Anisa Fitri Eka Dwi Tri Retno Ida Evi Yayuk Ika Mila Luluk Qurrotul Ummu Romlah"
        " Sa'idah Mu'awanah Ni'matul Rofi'ah Hosniyah Maimunah Zubaidah Sulis Titin Novi Erna Dian"
    ),
}
YOUNG = {
    MALE: words(
        "Muhammad Ahmad Rizky Dimas Bagas Rafi Fahri Alvin Reyhan Farel Gilang Ilham Kevin Nabil Rafa Zaki Arkan"
        " Azka Bima Danis Fathan Galih Haikal Ibrahim Keenan Naufal Raditya Satria Syahrul Tegar Yusuf Zidan Alif Daffa"
        " Fadhil Habibi Rayyan Rifa'i Al-Fatih Abid Akbar Damar Aji Iqbal"
    ),
    FEMALE: words(
        "Aisyah Nabila Putri Siti Zahra Salsabila Nayla Kayla Alya Amelia Aulia Cinta Dinda Fatimah Hana Intan"
        " Keisha Laila Maulida Nadia Naura Nisa Rahma Safira Shafa Syifa Tiara Zaskia Adinda Anindya Bunga Citra Kirana"
        " Lestari Mutiara Qur'aini Rania Ayu Farah Khansa Nur'aini Maulidia"
    ),
}
LAST = {
    MALE: words(
        "Santoso Wibowo Setiawan Prasetyo Nugroho Kurniawan Hidayat Saputra Purnomo Susanto Widodo Utomo Cahyono"
        " Firmansyah Ramadhan Maulana Rohman Rahman Hakim Arifin Anwar Huda Mubarok Basri Syah Efendi Fauzi"
        " Mustofa Alamsyah"
        " Pratama Aditya Wijaya Hariyanto Gunawan Subagyo Wahid Yaqin Ulum Ghofur Ma'arif"
    ),
    FEMALE: words(
        "Wahyuni Lestari Rahayu Astuti Ningsih Hidayati Handayani Wulandari Permatasari Puspitasari Agustina Susanti"
        " Kusumawati Rahmawati Fitriani Anggraini Maharani Oktavia Khoiriyah Jannah Hasanah Azizah Zahro Aini"
        " Mukarromah"
        " Aminah Salamah Fauziah Maghfiroh Ramadhani Safitri Damayanti Sa'diyah Mas'udah Isna'ini"
    ),
}
CHINESE = {
    MALE: words("Hendra Tan Budi Liem Andreas Wijaya Stefanus Gunawan Kevin Halim Yohanes Santoso Robert Kusuma"),
    FEMALE: words("Lina Tan Maria Wijaya Jessica Gunawan Veronica Halim Yenny Liem Cynthia Kusuma Angela Hartono"),
}


def person_name(chance: Random, sex: int, born: int, *, muslim: bool = True) -> str:
    """A name for someone of this sex born in the year `born`; older people more often have one word."""
    if not muslim and chance.random() < 0.6:
        names = CHINESE[sex]
        return " ".join(dict.fromkeys((names[2 * chance.randrange(7)], names[2 * chance.randrange(7) + 1])))
    pool = OLD if born < 1962 else MIDDLE if born < 1996 else YOUNG
    draw = chance.random()
    first = chance.choice(pool[sex])
    if first.endswith((".", "Abdul", "Al-Fatih")) or draw > (0.55 if born < 1962 else 0.12):
        first = f"{first} {chance.choice(LAST[sex])}"
    if born >= 1990 and draw > 0.6:
        first = f"{chance.choice(YOUNG[sex])} {first}"
    return " ".join(dict.fromkeys(first.split()))


STREETS = (
    "Diponegoro", "Sultan Agung", "Hayam Wuruk", "Gajah Mada", "Panglima Sudirman", "Imam Bonjol", "Hasanuddin",
    "Kartini", "Veteran", "Pahlawan", "Cokroaminoto", "Ahmad Yani", "Gatot Subroto", "Slamet Riyadi", "Teuku Umar",
    "Melati", "Kenanga", "Anggrek", "Mawar", "Dahlia", "Flamboyan", "Cempaka", "Jawa", "Sumatra", "Belitung",
    "Halmahera", "Kalimantan", "Patimura", "Untung Suropati", "Erlangga", "Brantas", "Semeru", "Bromo", "Arjuno",
)  # fmt: skip
TOWNS = (
    "Surabaya", "Malang", "Probolinggo", "Sidoarjo", "Bangkalan", "Sampang", "Pamekasan", "Sumenep", "Jember",
    "Lumajang", "Mojokerto", "Kediri", "Banyuwangi", "Gresik", "Bondowoso", "Situbondo", "Jakarta",
)  # fmt: skip
